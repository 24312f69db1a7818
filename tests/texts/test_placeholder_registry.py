"""The palette is complete: every placeholder explains itself, and the foreign spellings are the documented ones."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from messaging.texts.models import TemplateUse
from messaging.texts.placeholders import Placeholder, allowed_in, register, registry, synonyms

PRODUCTS_SPELLINGS = {
    "<<nazwaPromocji>>": "promotion_name",
    "<<kodPromocyjny>>": "promo_code",
    "<<wartoscZamowienia>>": "total",
    "<<nrZamowienia>>": "order_number",
    "<<czasDostawy>>": "delivery_time",
    "<<czasRealizacji>>": "promised_minutes",
    "<<rodzPlatnosci>>": "payment_type",
    ":Уваж:": "dear",
    ":И:": "first_name",
    ":О:": "patronymic",
    ":ID:": "order_number",
    ":Tel:": "department_phone",
    ":НачисленоБонусов:": "bonus_accrued",
    ":БалансБонусов:": "bonus_balance",
    ":ДатаСгорания:": "bonus_expiry_date",
    ":СгораетБонусов:": "bonus_expiring",
}


def test_it_knows_the_spellings_of_the_five_products_and_no_others():
    assert {spelling: known.identifier for spelling, known in synonyms.items()} == PRODUCTS_SPELLINGS


@pytest.mark.parametrize("known", registry.values(), ids=lambda known: known.identifier)
def test_it_has_all_the_palette_shows(known):
    assert known.identifier.isidentifier()
    assert known.identifier.islower()
    assert str(known.label)
    assert known.uses
    assert known.sample("pl")
    assert known.sample("no such language") == known.sample("en")


@pytest.mark.parametrize(
    ("identifier", "uses"),
    [
        ("order_number", {TemplateUse.ORDER, TemplateUse.SERVICE, TemplateUse.BONUS}),
        ("promo_code", {TemplateUse.CAMPAIGN}),
        ("bonus_accrued", {TemplateUse.BONUS}),
        ("first_name", set(TemplateUse)),
    ],
)
def test_it_is_offered_where_it_means_something(identifier, uses):
    offered = {use for use in TemplateUse if registry[identifier] in allowed_in(use)}
    assert offered == uses


@pytest.mark.parametrize(("identifier", "foreign"), [("total", "<<other>>"), ("other", "<<nrZamowienia>>")])
def test_it_refuses_a_name_that_is_taken(identifier, foreign):
    total = registry["total"]
    twin = Placeholder(identifier, "Twin", total.group, total.uses, total.sample_in, (foreign,), total.words)
    with pytest.raises(ImproperlyConfigured, match="Already a placeholder"):
        register(twin)
    assert registry["total"] is total
    assert "other" not in registry
