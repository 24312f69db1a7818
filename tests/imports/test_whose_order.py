"""Whose an order is: the client's number, the place's client, the same name and phone, else new (decision 6)"""

import pytest

from locations.models import Client, ContactKind, ContactPoint
from orders.models import Order
from tests.imports.sending import run_command, table
from tests.makers import make_client, make_location, make_order, make_stages

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"


@pytest.fixture(autouse=True)
def stages():
    make_stages()


def client_of(folder, **row):
    run_command(folder, table({"orderNumber": "X", "clientName": "Anna", "address": "New Street 1", **row}))
    return Order.objects.get(number="X").client


def test_it_takes_the_client_with_that_number(tmp_path):
    anna = make_client(name="Someone", external_id="77")
    make_location(client_name="Anna", address="New Street 1")
    assert client_of(tmp_path, clientId="77") == anna


def test_it_takes_the_places_client_and_remembers_the_number(tmp_path):
    place = make_location(client_name="Anna", address="New Street 1")
    assert client_of(tmp_path, clientId="77") == place.client
    assert Client.objects.get(external_id="77") == place.client


def test_it_makes_a_new_client_for_a_new_number_at_a_known_place(tmp_path):
    place = make_location(make_client(external_id="1"), client_name="Anna", address="New Street 1")
    found = client_of(tmp_path, clientId="2")
    assert (found.external_id, found == place.client) == ("2", False)


def known_by_card():
    anna = make_client(name="Anna")
    ContactPoint.objects.create(client=anna, kind=ContactKind.PHONE, value=PHONE)
    return anna


def known_by_order():
    return make_order(make_location(make_client(name="Anna")), contact_phone=PHONE).client


def known_by_place():
    return make_location(make_client(name="Anna"), phone=PHONE).client


@pytest.mark.parametrize("known", [known_by_card, known_by_order, known_by_place])
def test_it_takes_the_client_of_the_same_name_and_phone(tmp_path, known):
    anna = known()
    assert client_of(tmp_path, contactPhone="501 234 567") == anna


def test_it_does_not_merge_people_by_phone_alone(tmp_path):
    anna = known_by_card()
    assert client_of(tmp_path, clientName="Ewa", contactPhone=PHONE) != anna


def test_it_does_not_merge_people_by_name_alone(tmp_path):
    anna = make_client(name="Anna")
    assert client_of(tmp_path) != anna


def test_it_makes_one_client_for_the_same_name_and_phone_in_a_file(tmp_path):
    make_stages()
    rows = [{"clientName": "Anna", "contactPhone": PHONE, "address": f"Street {number}"} for number in range(3)]
    run_command(tmp_path, table(*rows, {"clientName": "Anna", "address": "Street 9"}))
    assert Client.objects.count() == 2


def test_it_fills_only_what_is_empty_in_a_card(tmp_path):
    make_client(external_id="77", first_name="Anna", language="pl")
    found = client_of(tmp_path, clientId="77", firstName="Ania", lastName="Nowak", language="en")
    assert (found.first_name, found.last_name, found.language) == ("Anna", "Nowak", "pl")


def test_it_links_people_to_one_company(tmp_path):
    rows = [{"clientName": name, "address": name, "company": "Daisy Ltd"} for name in ("Anna", "Ewa")]
    run_command(tmp_path, table(*rows))
    run_command(tmp_path, table({"orderNumber": "B", "clientName": "Ola", "company": "Daisy Ltd"}))
    company = Client.objects.get(kind="company")
    assert sorted(company.people.values_list("name", flat=True)) == ["Anna", "Ewa", "Ola"]


def test_it_knows_a_company_that_orders_for_itself(tmp_path):
    found = client_of(tmp_path, clientName="Daisy Ltd", company="Daisy Ltd")
    assert (found.kind, found.company) == ("company", None)


def test_it_leaves_a_known_order_to_its_client(tmp_path):
    client_of(tmp_path, contactPhone=PHONE)
    other = make_client(name="Boss")
    Order.objects.update(client=other)
    assert client_of(tmp_path, contactPhone=PHONE) == other
