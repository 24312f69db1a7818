"""The client's card: contacts under one verdict, and "do not write to me" kept for the client and each address."""

import pytest
from django.contrib.auth.models import Permission

from locations.consent import record_opt_out
from locations.models import Channel, Consent, ContactPoint, Purpose, Suppression
from locations.reasons import CLIENT_CARD
from locations.values.reasons import in_words
from tests.makers import make_client, make_location, make_order, make_user
from tests.site.pages import faults, save

pytestmark = pytest.mark.django_db
LIST = "/admin/locations/client/"


@pytest.fixture
def alice(client):
    user = make_user(username="alice", is_superuser=True)
    client.force_login(user)
    return user


def card(person):
    return f"{LIST}{person.pk}/change/"


def contact(row, kind, value):
    return {
        f"contact_points-{row}-{name}": text for name, text in (("kind", kind), ("type", "mobile"), ("value", value))
    }


def with_contacts(*contacts):
    fields = {"contact_points-TOTAL_FORMS": str(len(contacts))}
    for row, (kind, value) in enumerate(contacts):
        fields |= contact(row, kind, value) | {f"contact_points-{row}-position": str(row)}
    return fields


def suppressed():
    return set(Suppression.objects.values_list("address", "channel", "purpose"))


def test_the_tick_stops_sms_to_the_client_and_to_each_number(client, alice):
    person = make_client()
    make_location(person, phone="+48501234567", email="ewa@example.com")
    save(client, card(person), refuses_sms="on")
    said = Consent.objects.get()
    assert (said.client, said.channel, said.purpose, said.is_given) == (person, "sms", "service", False)
    assert said.source == CLIENT_CARD(user="alice")
    assert suppressed() == {("+48501234567", "sms", "service")}


def test_the_tick_covers_a_number_that_only_an_order_has(client, alice):
    order = make_order(contact_phone="+48601000111")
    save(client, card(order.client), refuses_sms="on")
    assert suppressed() == {("+48601000111", "sms", "service")}
    save(client, card(order.client), refuses_sms=None)
    assert not suppressed()


def test_the_four_ticks_are_four_things(client, alice):
    person = make_client()
    make_location(person, phone="+48501234567", email="ewa@example.com")
    save(client, card(person), refuses_email="on", refuses_sms_advertising="on", refuses_email_advertising="on")
    assert suppressed() == {
        ("ewa@example.com", "email", "service"),
        ("+48501234567", "sms", "advertising"),
        ("ewa@example.com", "email", "advertising"),
    }


def test_taking_the_tick_away_lets_messages_through_again(client, alice):
    person = make_client()
    make_location(person, phone="+48501234567")
    save(client, card(person), refuses_sms="on")
    save(client, card(person), refuses_sms=None)
    assert Consent.objects.get().is_given
    assert not suppressed()


def test_an_old_page_takes_no_opt_out_back(client, alice):
    person = make_client()
    make_location(person, phone="+48501234567")
    old_page = client.get(card(person))
    record_opt_out(person, Channel.SMS, Purpose.SERVICE, in_words("STOP"))
    save(client, card(person), old_page, comment="calls back")
    assert not Consent.objects.get().is_given
    assert suppressed()


def test_a_number_added_later_is_covered_by_the_opt_out(client, alice):
    person = make_client()
    save(client, card(person), refuses_sms="on")
    proof = Consent.objects.get().recorded_at
    save(client, card(person), **with_contacts(("phone", "501 234 567")))
    assert ContactPoint.objects.get().value == "+48501234567"
    assert suppressed() == {("+48501234567", "sms", "service")}
    assert Consent.objects.get().recorded_at == proof


@pytest.mark.parametrize(
    ("kind", "value"),
    [("phone", "12345"), ("phone", "501 234 567, 502 345 678"), ("email", "ewa"), ("email", "эва@example.com")],
)
def test_it_refuses_a_wrong_contact_in_words(client, alice, kind, value):
    answer = save(client, card(make_client()), **with_contacts((kind, value)))
    assert value in answer.context["inline_admin_formsets"][0].formset.errors[0]["value"][0]
    assert not ContactPoint.objects.exists()


def test_it_finds_by_name_and_any_address(client, alice):
    person = make_client(name="Ewa Nowak", external_id="K-7")
    make_location(person, phone="+48501234567", email="ewa@example.com")
    make_client()
    for words in ("nowak", "501 234 567", "EWA@example.com", "K-7"):
        found = client.get(LIST, {"q": words}).context["cl"].result_list
        assert [row.name for row in found] == ["Ewa Nowak"], words


def test_it_shows_the_clients_orders_to_those_who_may_see_them(client, alice):
    order = make_order(number="2026/5")
    assert "2026/5" in client.get(card(order.client)).content.decode()


def test_who_may_only_look_changes_nothing(client):
    person = make_client(comment="as it was")
    looker = make_user()
    looker.user_permissions.add(Permission.objects.get(codename="view_client"))
    client.force_login(looker)
    page = client.get(card(person))
    assert page.status_code == 200
    assert client.post(card(person), {"name": "changed", "refuses_sms": "on"}).status_code == 403
    assert not faults(page)
    assert not Consent.objects.exists()
