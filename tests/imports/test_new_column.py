"""A column is one declaration: one that nobody knew is recognised, read, compared and written by what it says."""

import datetime

import pytest
from django.urls import reverse

from locations.models import Client, DeliveryZone, Location
from orders.imports import columns
from orders.imports.columns import Column, Target
from orders.imports.planning.existing_rows import Known, Seeker, load_others
from orders.imports.reading import cells
from orders.models import Order
from tests.imports.sending import counts, faults, send, table, upload
from tests.makers import make_location, make_stages
from tests.site.pages import save

SUBTOTAL = Column("goodsOnly", Target.ORDER, "subtotal", cells.amount, help="without the delivery")
CLOCK = Column("clientClock", Target.LOCATION, "time_zone", cells.text(64))
CARD = Column("aboutClient", Target.CLIENT, "comment", cells.text(1000))


@pytest.fixture
def boss(client, alice):
    alice.is_superuser = True
    alice.save()
    client.force_login(alice)
    make_stages()
    return client


@pytest.fixture
def declare(monkeypatch):
    """Declares a column for one test; every table of columns follows from its declaration."""

    def add(column):
        columns.COLUMNS.append(column)
        added.append(column)
        monkeypatch.setitem(columns.BY_HEADER, column.header, column)
        monkeypatch.setitem(columns.BY_SPELLING, columns.spelling(column.header), column.header)
        monkeypatch.setitem(columns.FIELDS[column.target], column.header, column.field)
        if column.keeps_corrections:
            monkeypatch.setitem(columns.CORRECTED, column.header, column.field)

    added = []
    yield add
    for column in added:
        columns.COLUMNS.remove(column)


def outcome(boss, header, cell):
    """(created, updated, unchanged, refused) of a file with one row, and how many locations it changed."""
    run = send(boss, table({header: cell, "contactPhone": "501234567"}))
    assert run.layout["unknown"] == []
    return counts(run), run.report["updated_locations"]


CREATED, UPDATED, UNCHANGED = (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)


def test_a_column_of_the_order_is_replaced_by_what_the_file_says(boss, declare):
    declare(SUBTOTAL)
    assert outcome(boss, "Goods only", "10,50") == (CREATED, 0)
    assert str(Order.objects.get().subtotal) == "10.50"
    assert outcome(boss, "Goods only", "10,50") == (UNCHANGED, 0)
    save(boss, f"/admin/orders/order/{Order.objects.get().pk}/change/", subtotal="12")
    assert outcome(boss, "Goods only", "10,50") == (UPDATED, 0)
    assert outcome(boss, "Goods only", "11") == (UPDATED, 0)
    assert str(Order.objects.get().subtotal) == "11.00"


def test_a_column_that_keeps_corrections_puts_nothing_back(boss, declare):
    declare(Column("goodsOnly", Target.ORDER, "subtotal", cells.amount, keeps_corrections=True))
    outcome(boss, "goodsOnly", "10")
    save(boss, f"/admin/orders/order/{Order.objects.get().pk}/change/", subtotal="12")
    assert outcome(boss, "goodsOnly", "10")[0] == UNCHANGED
    assert str(Order.objects.get().subtotal) == "12.00"
    assert outcome(boss, "goodsOnly", "13")[0] == UPDATED


def test_a_column_of_the_location_is_replaced_by_what_the_file_says(boss, declare):
    declare(CLOCK)
    assert outcome(boss, "clientClock", "Europe/Kyiv") == (CREATED, 0)
    assert Location.objects.get().time_zone == "Europe/Kyiv"
    assert outcome(boss, "clientClock", "Europe/Kyiv") == (UNCHANGED, 0)
    assert outcome(boss, "clientClock", "Europe/Riga") == (UNCHANGED, 1)
    assert Location.objects.get().time_zone == "Europe/Riga"


def test_a_column_of_the_client_fills_only_what_is_empty(boss, declare):
    declare(CARD)
    outcome(boss, "aboutClient", "")
    assert outcome(boss, "aboutClient", "likes cats")[0] == UNCHANGED
    assert Client.objects.get().comment == "likes cats"
    outcome(boss, "aboutClient", "likes dogs")
    assert Client.objects.get().comment == "likes cats"
    Client.objects.update(comment="typed by hand")
    outcome(boss, "aboutClient", "likes cats")
    assert Client.objects.get().comment == "typed by hand"


def test_a_column_that_names_another_row_needs_no_more(boss, declare):
    declare(Column("otherZone", Target.LOCATION, "zone", cells.zone, repeats=True))
    north, south = (DeliveryZone.objects.create(name=name) for name in ("North", "South"))
    assert outcome(boss, "otherZone", "north") == (CREATED, 0)
    assert Location.objects.get().zone == north
    assert outcome(boss, "otherZone", "north") == (UNCHANGED, 0)
    assert outcome(boss, "otherZone", "south") == (UNCHANGED, 1)
    assert Location.objects.get().zone == south


@pytest.mark.parametrize(
    ("target", "field"), [(Target.ORDER, "subtotal"), (Target.LOCATION, "time_zone"), (Target.CLIENT, "comment")]
)
def test_what_its_reader_refuses_is_refused_and_it_is_offered_on_the_page(boss, declare, target, field):
    declare(Column("newcomer", target, field, cells.amount, help="a number"))
    run = upload(boss, table({"newcomer": "x"}))
    assert [(row, column) for row, column, _sentence in faults(run)] == [(2, "newcomer")]
    page = boss.get(reverse("admin:imports_import_add")).content.decode()
    assert "newcomer" in page
    assert "a number" in page
    assert b"newcomer" in boss.get(reverse("admin:imports_import_example")).content


def test_a_locations_value_is_compared_as_the_model_has_it(boss, declare):
    declare(Column("known", Target.LOCATION, "created_at", cells.moment))
    location = make_location()
    place, known = (location.client_name, location.address), Known()
    load_others(known, [Seeker({}, place, None)])
    found = known.locations[place].fields["created_at"]
    assert isinstance(found, datetime.datetime)
    assert found == location.created_at
