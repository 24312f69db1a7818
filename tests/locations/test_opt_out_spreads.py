"""A refusal holds for the client and for every address that is or becomes theirs, by whatever door (decision 6)."""

import pytest

from locations.consent import record_opt_out
from locations.models import ContactPoint, Suppression
from locations.values.reasons import in_words
from messaging.inbox.identity.finding import remember_address
from messaging.inbox.lines.lines import line_of
from messaging.inbox.models import AddressKind, Conversation, LineKind
from tests.imports.sending import press, run_tasks, table, upload
from tests.locations.test_client_card import with_contacts
from tests.makers import make_client, make_gateway, make_location, make_order, make_robot, make_stages, make_user
from tests.running_worker import received, run_worker
from tests.site.pages import faults, save

pytestmark = pytest.mark.django_db
NUMBER = "+48601000222"


@pytest.fixture
def boss(client):
    client.force_login(make_user(username="alice", is_superuser=True))
    return client


@pytest.fixture
def anna():
    """She wants no SMS, said when only one number of hers was known."""
    make_gateway()
    make_robot(make_stages()["new"])
    anna = make_client(name="Anna Kos")
    ContactPoint.objects.create(client=anna, kind="phone", value="+48501234567")
    record_opt_out(anna, "sms", "service", in_words("test"))
    return anna


def writes_from(number):
    """The conversation of somebody whom nobody knows."""
    stranger = Conversation.objects.create(title=number)
    remember_address(stranger, AddressKind.PHONE, number, line_of(make_gateway(), LineKind.SMS))
    return stranger


def order_of_a_stranger(boss):
    """The next order has the number, under another spelling of the name."""
    fields = {"number": "S-1", "client_name": "A. Koss", "address": "Far 1", "contact_phone": NUMBER}
    assert not faults(save(boss, "/admin/orders/order/add/", **fields))
    run_worker()
    return received()


def test_it_holds_for_a_number_that_came_to_the_card_later(boss, anna):
    save(boss, f"/admin/locations/client/{anna.pk}/change/", **with_contacts(("phone", NUMBER)))
    assert order_of_a_stranger(boss) == []


def test_it_holds_for_a_number_that_any_code_put_into_the_card(boss, anna):
    ContactPoint.objects.create(client=anna, kind="phone", value=NUMBER)
    assert order_of_a_stranger(boss) == []


def test_it_holds_for_the_number_of_a_later_order(boss, anna):
    make_order(make_location(anna), contact_phone=NUMBER, notify=False)
    assert order_of_a_stranger(boss) == []


def test_it_holds_for_a_number_typed_into_an_order_that_is_there(boss, anna):
    order = make_order(make_location(anna), notify=False)
    save(boss, f"/admin/orders/order/{order.pk}/change/", contact_phone=NUMBER)
    assert order_of_a_stranger(boss) == []


def test_it_holds_for_a_number_typed_into_a_place(boss, anna):
    place = make_location(anna)
    save(boss, f"/admin/locations/location/{place.pk}/change/", phone=NUMBER)
    assert order_of_a_stranger(boss) == []


@pytest.mark.parametrize("is_known", [False, True])
def test_it_holds_for_a_number_that_a_file_brings(boss, anna, is_known):
    place = make_location(anna, address="Long Street 1")
    if is_known:
        make_order(place, source="file", number="F-1", notify=False)
    row = {"orderNumber": "F-1", "clientName": "Anna Kos", "address": "Long Street 1", "contactPhone": NUMBER}
    press(boss, "commit", upload(boss, table(row)))
    run_tasks()
    assert order_of_a_stranger(boss) == []


def test_it_holds_for_a_number_that_the_chat_brings(boss, anna):
    stranger = writes_from(NUMBER)
    boss.post(f"/inbox/{stranger.pk}/link/", {"client": anna.pk})
    assert anna.contact_points.filter(value=NUMBER).exists()
    assert order_of_a_stranger(boss) == []


def test_who_said_stop_before_being_known_is_the_client_who_refuses(boss):
    make_gateway()
    make_robot(make_stages()["new"])
    ewa = make_client(name="Ewa")
    Suppression.objects.create(address=NUMBER, channel="sms", purpose="service", reason=in_words("STOP"))
    stranger = writes_from(NUMBER)
    boss.post(f"/inbox/{stranger.pk}/link/", {"client": ewa.pk})
    make_order(make_location(ewa), contact_phone="+48502345678")
    run_worker()
    assert received() == []


def test_the_chat_takes_the_client_of_the_same_name_and_phone_for_the_same(boss, anna):
    stranger = writes_from("+48501234567")
    boss.post(f"/inbox/{stranger.pk}/client/", {"name": " Anna Kos "})
    stranger.refresh_from_db()
    assert stranger.client == anna


def test_opting_in_again_frees_every_address(boss, anna):
    order = make_order(make_location(anna), contact_phone=NUMBER, notify=False)
    save(boss, f"/admin/locations/client/{order.client.pk}/change/", refuses_sms=None)
    assert not Suppression.objects.exists()
    assert [number for number, _text in order_of_a_stranger(boss)] == [NUMBER]
