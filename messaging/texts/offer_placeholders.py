"""Placeholders of campaigns (B21) and bonus points (C20, C21): the context holds the values by the same names."""

import datetime

from django.utils.translation import gettext_lazy as _

from .models import TemplateUse
from .order_placeholders import spoken_date
from .placeholders import Context, Group, placeholder

CAMPAIGNS = {TemplateUse.CAMPAIGN}
BONUSES = {TemplateUse.BONUS}


@placeholder(
    label=_("Name of the promotion"),
    group=Group.CAMPAIGN,
    uses=CAMPAIGNS,
    sample="Spring week",
    synonyms=["<<nazwaPromocji>>"],
    also_called="promotion, promo, promocja, акция, акція",
)
def promotion_name(context: Context) -> str:
    return str(context["promotion_name"])


@placeholder(
    label=_("Promotion code"),
    group=Group.CAMPAIGN,
    uses=CAMPAIGNS,
    sample="SPRING-7K2P",
    synonyms=["<<kodPromocyjny>>"],
    also_called="code, coupon, promocode, kod, kupon, kod rabatowy, код, купон, промокод",
)
def promo_code(context: Context) -> str:
    return str(context["promo_code"])


@placeholder(
    label=_("Bonus points accrued"),
    group=Group.BONUS,
    uses=BONUSES,
    sample="150",
    synonyms=[":НачисленоБонусов:"],
)
def bonus_accrued(context: Context) -> str:
    return str(context["bonus_accrued"])


@placeholder(
    label=_("Balance of bonus points"),
    group=Group.BONUS,
    uses=BONUSES,
    sample="620",
    synonyms=[":БалансБонусов:"],
    also_called="balance, points, bonus, saldo, punkty, баланс, бонусы, бонуси",
)
def bonus_balance(context: Context) -> str:
    return str(context["bonus_balance"])


@placeholder(
    label=_("Day the points expire"),
    group=Group.BONUS,
    uses=BONUSES,
    sample=lambda language: spoken_date(datetime.date(2026, 12, 31), language.code),
    synonyms=[":ДатаСгорания:"],
)
def bonus_expiry_date(context: Context) -> str:
    day: datetime.date | None = context["bonus_expiry_date"]
    return spoken_date(day, context["language"]) if day else ""


@placeholder(
    label=_("Points that expire then"),
    group=Group.BONUS,
    uses=BONUSES,
    sample="150",
    synonyms=[":СгораетБонусов:"],
)
def bonus_expiring(context: Context) -> str:
    return str(context["bonus_expiring"])
