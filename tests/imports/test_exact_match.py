"""Where an order goes: one location per exact client name and address, down to the comma (A6-A8, decision 5)."""

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locations.models import Location
from orders.imports.columns import COLUMNS
from orders.imports.models import Import
from orders.imports.reading.reading import Row
from orders.imports.running.chunks import carry_out
from tests.imports.sending import run_command, table
from tests.makers import make_client, make_location, make_order, make_stages

pytestmark = pytest.mark.django_db
ADDRESSES = [
    "Long Street 5",
    "Long Street, 5",
    "Long  Street 5",
    "long street 5",
    "Long Street 5.",
    "Łódź",
    "Ło\u0301dz\u0301",
]
HEADERS = ["orderNumber", "clientName", "address", "contactEmail", "contactPhone"]


def test_it_makes_a_location_for_an_unknown_place_and_none_for_a_known_one(tmp_path):
    make_location(client_name="Anna", address="Long Street 5")
    run_command(tmp_path, table({"clientName": "Anna", "address": "Long Street 5"}))
    assert Location.objects.count() == 1
    run_command(tmp_path, table({"orderNumber": "B", "clientName": "Ewa", "address": "Long Street 5"}))
    assert Location.objects.count() == 2


@pytest.mark.parametrize("address", ["Long Street, 5", "Long  Street 5", "long street 5", "Long Street 5."])
def test_it_makes_two_locations_of_places_that_differ_at_all(tmp_path, address):
    run_command(tmp_path, table({"address": "Long Street 5"}, {"address": address}, {"address": "Long Street 5"}))
    assert sorted(Location.objects.values_list("address", flat=True)) == sorted(["Long Street 5", address])


def test_it_makes_two_locations_of_names_that_differ_by_a_comma(tmp_path):
    run_command(tmp_path, table({"clientName": "Bar, Anna"}, {"clientName": "Bar Anna"}))
    assert Location.objects.count() == 2


def test_it_sees_through_blanks_around_a_cell_and_two_ways_to_write_a_letter(tmp_path):
    written = [unicodedata.normalize(form, "Łódź, Йошкина 5") for form in ("NFC", "NFD")]
    run_command(tmp_path, table({"address": written[0]}, {"address": f"  {written[1]} "}))
    assert Location.objects.get().address == written[0]


def test_it_puts_a_new_email_and_phone_into_a_location_that_has_none(tmp_path):
    place = make_location(client_name="Anna", address="Long Street 5")
    run_command(tmp_path, table({"clientName": "Anna", "contactEmail": "a@example.com", "contactPhone": "501234567"}))
    place.refresh_from_db()
    assert (place.email, str(place.phone.as_e164)) == ("a@example.com", "+48501234567")


def test_it_keeps_the_locations_email_and_the_orders_own(tmp_path):
    place = make_location(client_name="Anna", address="Long Street 5", email="old@example.com", phone="+48502345678")
    run_command(tmp_path, table({"clientName": "Anna", "contactEmail": "new@example.com", "contactPhone": "501234567"}))
    place.refresh_from_db()
    assert (place.email, str(place.phone.as_e164)) == ("old@example.com", "+48502345678")
    order = place.orders.get()
    assert (order.contact_email, str(order.contact_phone.as_e164)) == ("new@example.com", "+48501234567")


def test_it_fills_the_email_that_a_later_row_of_the_same_file_brings(tmp_path):
    run_command(tmp_path, table({}, {"contactEmail": "a@example.com"}, {"contactEmail": "b@example.com"}))
    assert Location.objects.get().email == "a@example.com"


def test_it_moves_a_known_order_to_the_place_that_the_file_names(tmp_path):
    make_stages()
    order = make_order(source="file", number="A-1")
    run_command(tmp_path, table({"address": "Somewhere else"}))
    order.refresh_from_db()
    assert order.location.address == "Somewhere else"


def test_it_gives_a_place_without_a_client_to_the_client_of_its_order(tmp_path):
    place = make_location(client=make_client(), client_name="Anna Nowak", address="Long Street 5")
    Location.objects.update(client=None)
    run_command(tmp_path, table({}))
    place.refresh_from_db()
    assert place.client == place.orders.get().client


rows = st.lists(
    st.tuples(
        st.sampled_from(["Anna", "Anna,", "anna", " Anna"]),
        st.sampled_from(ADDRESSES),
        st.sampled_from(["", "", "a@example.com", "b@example.com"]),
        st.sampled_from(["", "+48501234567"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=rows, second=rows)
def test_it_upserts_locations_as_a_dictionary_of_exact_keys_would(first, second):
    make_stages()
    example = Import.objects.create(file_name="x", layout={"columns": HEADERS}).pk
    expected = {}
    for file in (first, second):
        run = Import.objects.create(source=f"run {example}", file_name="x", layout={"columns": HEADERS})
        named = [(f"{name}{example}", *rest) for name, *rest in file]
        carry_out([Row(at, [f"{run.pk}-{at}", *row]) for at, row in enumerate(named, 2)], run)
        for name, address, email, phone in named:
            key = name.strip(), unicodedata.normalize("NFC", address)
            known_email, known_phone = expected.get(key, ("", ""))
            expected[key] = (known_email or email, known_phone or phone)
    found = {
        (place.client_name, place.address): (place.email, place.phone.as_e164 if place.phone else "")
        for place in Location.objects.filter(client_name__endswith=str(example))
        if re.fullmatch(rf"\D+{example}", place.client_name)
    }
    assert found == expected


def test_every_column_is_declared_once():
    assert len({column.header for column in COLUMNS}) == len(COLUMNS)
