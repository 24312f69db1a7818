"""E-mail addresses with capitals from before are brought to the one form in which all doors compare them."""

import datetime

import pytest
from django.utils import timezone

from locations.models import ContactPoint, Location, Suppression
from locations.values.reasons import in_words
from messaging.inbox.identity.finding import conversation_from, conversation_of, remember_address
from messaging.inbox.lines.lines import line_of
from messaging.inbox.models import AddressKind, ConversationAddress, LineKind
from messaging.outbox.models import Message, UnusableAddress
from orders.models import Order
from tests.imports.sending import press, run_tasks, table, upload
from tests.makers import make_client, make_gateway, make_location, make_order, make_robot, make_stages, make_user
from tests.migrated import run_again
from tests.running_worker import received, run_worker
from tests.site.pages import faults, save

pytestmark = pytest.mark.django_db
WRITTEN, STORED = "Anna.Kos@Example.COM", "anna.kos@example.com"
LETTER = {"channel": "email", "purpose": "service"}


def migrate():
    run_again("locations", "0006_lower_case_emails")
    run_again("orders", "0007_lower_case_emails")
    run_again("outbox", "0008_lower_case_emails")
    run_again("inbox", "0010_lower_case_emails")


@pytest.fixture
def boss(client):
    client.force_login(make_user(username="alice", is_superuser=True))
    return client


def test_whose_letter_it_is_is_found_by_an_old_card():
    anna = make_client(name="Anna")
    anna.contact_points.create(kind="email", value=WRITTEN)
    migrate()
    assert conversation_from(AddressKind.EMAIL, STORED).client == anna


def test_whose_answer_it_is_is_found_by_an_old_letter():
    anna = make_client(name="Anna")
    Message.objects.create(client=anna, to=WRITTEN, body="Hello", **LETTER)
    migrate()
    assert conversation_from(AddressKind.EMAIL, STORED).client == anna


def test_an_old_objection_holds_at_every_address(boss):
    make_gateway("sandbox_email")
    make_robot(make_stages()["new"], channel="email")
    Suppression.objects.create(address=WRITTEN, reason=in_words("asked by phone"), **LETTER)
    migrate()
    fields = {"number": "O-1", "client_name": "A. Koss", "address": "Far 1", "contact_email": WRITTEN}
    assert not faults(save(boss, "/admin/orders/order/add/", **fields))
    run_worker()
    assert received() == []


def test_of_two_spellings_in_one_card_or_list_one_stays():
    anna = make_client(name="Anna")
    for value in (WRITTEN, STORED, WRITTEN.upper()):
        anna.contact_points.create(kind="email", value=value)
        Suppression.objects.create(address=value, **LETTER)
        UnusableAddress.objects.create(channel="email", address=value, reason=in_words("dead"))
    migrate()
    assert list(anna.contact_points.values_list("value", flat=True)) == [STORED]
    assert list(Suppression.objects.values_list("address", flat=True)) == [STORED]
    assert list(UnusableAddress.objects.values_list("address", flat=True)) == [STORED]


def test_of_two_ways_to_one_address_the_one_written_from_last_stays():
    conversation, line = conversation_of(make_client()), line_of(make_gateway("sandbox_email"), LineKind.EMAIL)
    now = timezone.now()
    remember_address(conversation, AddressKind.EMAIL, STORED, line, now - datetime.timedelta(days=2), {"old": "1"})
    remember_address(conversation, AddressKind.EMAIL, WRITTEN, line, now, {"new": "1"})
    migrate()
    bound = ConversationAddress.objects.get()
    assert (bound.address, bound.last_wrote_at, bound.thread) == (STORED, now, {"new": "1"})


def test_orders_and_places_have_it_in_the_same_form():
    place = make_location(email=WRITTEN, phone="+48501234567")
    make_order(place, contact_email=WRITTEN)
    make_order(contact_email="")
    migrate()
    assert set(Order.objects.values_list("contact_email", flat=True)) == {STORED, ""}
    assert Location.objects.get(pk=place.pk).email == STORED


def test_what_an_old_file_said_in_capitals_is_no_news(boss):
    """Corrected by hand since, it stays corrected when the same file comes again (decision 23)."""
    file = table({"orderNumber": "F-1", "contactEmail": WRITTEN})
    press(boss, "commit", upload(boss, file))
    run_tasks()
    order = Order.objects.get()
    said = order.file_said | {"contact_email": WRITTEN}
    Order.objects.update(file_said=said, contact_email="right@example.com")
    migrate()
    press(boss, "commit", upload(boss, file))
    run_tasks()
    assert Order.objects.get().contact_email == "right@example.com"


def test_a_corrected_address_takes_the_old_ones_place_everywhere(boss):
    make_gateway("sandbox_email")
    place = make_location(email=WRITTEN)
    place.client.contact_points.create(kind="email", value=WRITTEN)
    order = make_order(place, contact_email=WRITTEN)
    failed = Message.objects.create(
        client=place.client, order=order, to=WRITTEN, subject="Hi", body="Hello", state="failed", **LETTER
    )
    migrate()
    told = {"to": "Right@Example.com", "corrects": "1"}
    boss.post(f"/admin/outbox/message/{failed.pk}/resend/do/", told)
    order.refresh_from_db()
    assert order.contact_email == "right@example.com"
    assert Message.objects.latest("pk").to == "right@example.com"
    assert Location.objects.get(pk=place.pk).email == "right@example.com"
    assert ContactPoint.objects.get().value == "right@example.com"


def test_a_letter_to_any_spelling_is_queued_in_the_one_form():
    """Words of robots, operators and staff's copies go through one queue."""
    make_gateway("sandbox_email")
    make_robot(make_stages()["new"], channel="email")
    order = make_order()
    Order.objects.filter(pk=order.pk).update(contact_email=WRITTEN)
    run_worker()
    assert [message.to for message in Message.objects.all()] == [STORED]
