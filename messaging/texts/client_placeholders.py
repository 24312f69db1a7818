"""Placeholders about the client (C15-C17)."""

from django.utils.translation import gettext_lazy as _

from locations.models import Gender
from locations.values.languages import spoken

from .placeholders import EVERY_USE, Context, Group, placeholder


@placeholder(
    label=_("Dear, by the client's gender"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample=lambda language: language.dear[Gender.FEMALE],
    synonyms=[":Уваж:"],
)
def dear(context: Context) -> str:
    return spoken(context["language"]).dear[context["client"].gender or "unknown"]


@placeholder(
    label=_("First name"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample="Anna",
    synonyms=[":И:"],
    also_called="name, firstname, customer name, imie, имя, ім'я",
)
def first_name(context: Context) -> str:
    return context["client"].first_name


@placeholder(
    label=_("Patronymic"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample="Ivanovna",
    synonyms=[":О:"],
    also_called="middle name, отчество, по батькові",
)
def patronymic(context: Context) -> str:
    return context["client"].patronymic


@placeholder(
    label=_("Last name"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample="Brown",
    also_called="surname, lastname, nazwisko, фамилия, прізвище",
)
def last_name(context: Context) -> str:
    return context["client"].last_name


@placeholder(
    label=_("Client's name as in the card"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample="Anna Brown",
    also_called="client, customer, full name, klient, клиент, клієнт, фио",
)
def client_name(context: Context) -> str:
    return context["client"].name


@placeholder(
    label=_("Client's company"),
    group=Group.CLIENT,
    uses=EVERY_USE,
    sample="Brown & Co",
)
def client_company(context: Context) -> str:
    company = context["client"].company
    return company.name if company else ""
