"""The client's panel: contacts, last order, more under the arrow; unknown addresses are given to clients (D10-D13)."""

import datetime

import pytest
from django.test import Client as Browser
from django.utils import timezone

from locations.models import Client, ContactKind, ContactPoint, DeliveryZone
from messaging.inbox.identity.finding import remember_address
from messaging.inbox.lines.lines import line_of
from messaging.inbox.models import AddressKind, ChatMessage, Conversation, LineKind
from messaging.inbox.operator.panel import PAGE
from messaging.outbox.models import Message
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_client, make_gateway, make_location, make_order, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return logged_in(make_user("Operator"))


@pytest.fixture
def anna():
    client = make_client(name="Anna Kowalska", bottle_debt=3)
    ContactPoint.objects.create(client=client, kind=ContactKind.PHONE, value="+48501234567")
    ContactPoint.objects.create(client=client, kind=ContactKind.EMAIL, value="anna@example.com")
    return client


def panel_of(browser, conversation):
    return browser.get(f"/inbox/{conversation.pk}/").content.decode().split('id="o-panel"')[1]


def test_contacts_and_the_last_order_stand_at_once(browser, anna):
    place = make_location(anna, address="Leśna 12", zone=DeliveryZone.objects.create(name="Praga"), district="North")
    now = timezone.now()
    make_order(place, number="OLD", placed_at=now - datetime.timedelta(days=2))
    last = make_order(place, number="LAST", placed_at=now)
    panel = panel_of(browser, make_conversation(anna))
    for words in ("+48 501 234 567", "anna@example.com", "LAST", "Leśna 12", "Praga", "North"):
        assert words in panel
    assert f"/admin/orders/order/{last.pk}/change/" in panel
    assert "OLD" not in panel
    assert '<details class="o-fold" data-fold="more"' in panel


def test_without_an_order_there_are_the_contacts_alone(browser, anna):
    panel = panel_of(browser, make_conversation(anna))
    assert "No order yet." in panel
    assert "Zone" not in panel


def test_the_arrow_opens_bottle_debt_addresses_and_consents(browser, anna):
    make_location(anna, address="Leśna 12")
    make_location(anna, address="Polna 3")
    anna.consents.create(channel="sms", purpose="advertising", is_given=False)
    more = browser.get(f"/inbox/{make_conversation(anna).pk}/more/").content.decode()
    for words in ("Bottle debt</dt><dd>3", "Leśna 12", "Polna 3", "does not want"):
        assert words in more


def test_the_whole_order_history_comes_in_pages(browser, anna):
    place = make_location(anna)
    now = timezone.now()
    for number in range(PAGE + 3):
        make_order(place, number=f"N-{number}", placed_at=now - datetime.timedelta(hours=number // 2), notify=False)
    conversation = make_conversation(anna)
    first = browser.get(f"/inbox/{conversation.pk}/orders/")
    last = first.context["orders"][-1]
    rest = browser.get(f"/inbox/{conversation.pk}/orders/?before={last.pk}")
    shown = [order.number for answer in (first, rest) for order in answer.context["orders"]]
    assert len(shown) == len(set(shown)) == PAGE + 3
    assert not rest.context["has_more"]


def test_everything_that_was_sent_comes_in_pages(browser, anna):
    for number in range(PAGE + 1):
        Message.objects.create(client=anna, channel="sms", to="+48501234567", body=f"text {number}")
    conversation = make_conversation(anna)
    first = browser.get(f"/inbox/{conversation.pk}/history/")
    assert f"text {PAGE}" in first.content.decode()
    rest = browser.get(f"/inbox/{conversation.pk}/history/?before={first.context['sent'][-1].pk}")
    assert [message.body for message in rest.context["sent"]] == ["text 0"]


@pytest.fixture
def unknown():
    conversation = Conversation.objects.create(title="+48601222333")
    line = line_of(make_gateway(), LineKind.SMS)
    remember_address(conversation, AddressKind.PHONE, "+48601222333", line)
    client_writes(conversation, "Hello, it is me")
    return conversation


def test_an_unknown_address_is_given_to_a_client(browser, unknown, anna):
    known = make_conversation(anna)
    client_writes(known, "before")
    assert "Whose is it?" in panel_of(browser, unknown)
    found = browser.get("/inbox/clients/?q=anna").content.decode()
    assert f'data-client="{anna.pk}"' in found
    answer = browser.post(f"/inbox/{unknown.pk}/link/", {"client": anna.pk})
    assert answer.json() == {"conversation": known.pk}
    assert ChatMessage.objects.filter(conversation=known).count() == 2
    assert anna.contact_points.filter(value="+48601222333").exists()
    assert browser.post(f"/inbox/{known.pk}/link/", {"client": make_client().pk}).status_code == 422


def test_what_a_stranger_only_typed_does_not_come_into_the_card(browser, unknown, anna):
    unknown.addresses.update(is_claimed=True)
    browser.post(f"/inbox/{unknown.pk}/link/", {"client": anna.pk})
    assert not anna.contact_points.filter(value="+48601222333").exists()


def test_a_stranger_who_gave_a_name_is_proposed_by_it():
    Browser().post("/chat/", {"name": "Ewa", "contact": "+48 601 222 333", "text": "Please call me"})
    panel = panel_of(logged_in(make_user("Manager")), Conversation.objects.get())
    assert 'name="name" maxlength="255" required value="Ewa"' in panel


def test_or_becomes_a_new_client(unknown):
    browser = logged_in(make_user("Manager"))
    assert browser.post(f"/inbox/{unknown.pk}/client/", {"name": " "}).status_code == 422
    answer = browser.post(f"/inbox/{unknown.pk}/client/", {"name": "Piotr"})
    assert answer.json() == {"conversation": unknown.pk}
    assert Client.objects.get(name="Piotr").contact_points.get().value == "+48601222333"
    assert browser.post(f"/inbox/{unknown.pk}/client/", {"name": "Again"}).status_code == 422
    assert not Client.objects.filter(name="Again").exists()


def test_an_operator_who_may_not_add_clients_makes_none(browser, unknown):
    assert browser.post(f"/inbox/{unknown.pk}/client/", {"name": "Piotr"}).status_code == 403
    assert "Or a new client" not in panel_of(browser, unknown)


def test_a_search_for_nobody_says_so(browser):
    assert "No such client." in browser.get("/inbox/clients/?q=zz").content.decode()
    assert "No such client." not in browser.get("/inbox/clients/?q=").content.decode()
