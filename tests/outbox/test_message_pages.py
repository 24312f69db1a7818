"""Messages in the admin: found, stopped, approved, sent again, settled; never edited."""

import datetime
import zoneinfo

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.consent import record_opt_out
from locations.models import Company, Suppression
from locations.values.reasons import in_words
from messaging.gateways.models import Gateway
from messaging.outbox import reasons
from messaging.outbox.models import Attempt, Message
from messaging.outbox.states import MessageState
from orders.models import Order
from tests.makers import make_client, make_gateway, make_location, make_order, make_user
from tests.site.pages import sentences

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/message/"
NOON = datetime.datetime(2020, 3, 2, 12, 0, tzinfo=datetime.UTC)
SECRET_TEXT = "Your order is ready"


@pytest.fixture
def alice(client):
    user = make_user(username="alice", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def gateway() -> Gateway:
    return make_gateway()


def make_message(state=MessageState.QUEUED, **fields) -> Message:
    fields = {"channel": "sms", "to": "+48501234567", "body": SECRET_TEXT} | fields
    return Message.objects.create(state=state, **fields)


def press(client, message, verb, **fields):
    return client.post(f"{LIST}{message.pk}/{verb}/do/", fields, follow=True)


def listed(client, **query):
    return {message.pk for message in client.get(LIST, query).context["cl"].result_list}


def test_it_cancels_one_that_still_waits_and_says_who_did_it(client, alice):
    message = make_message()
    press(client, message, "cancel")
    message.refresh_from_db()
    assert (message.state, str(message.reason)) == (MessageState.CANCELLED, "Cancelled by alice.")


def test_it_does_not_cancel_one_that_is_gone(client, alice):
    message = make_message(MessageState.SENDING)
    assert "Too late" in sentences(press(client, message, "cancel"))
    message.refresh_from_db()
    assert message.state == MessageState.SENDING


def test_it_lets_a_held_one_go(client, alice):
    message = make_message(MessageState.HELD)
    press(client, message, "approve")
    message.refresh_from_db()
    assert (message.state, message.is_approved) == (MessageState.QUEUED, True)


def test_it_sends_again_to_a_corrected_number_as_a_new_message(client, alice, gateway):
    failed = make_message(MessageState.FAILED)
    press(client, failed, "resend", to="501 000 111")
    again = Message.objects.get(resend_of=failed)
    assert (again.to, again.state, again.body) == ("+48501000111", MessageState.QUEUED, SECRET_TEXT)
    failed.refresh_from_db()
    assert failed.state == MessageState.FAILED


def wrong_everywhere() -> Message:
    """Sent to a wrong number that stands in the order, its location and the client's card."""
    order = make_order(contact_phone="+48501234567")
    order.location.phone = "+48501234567"
    order.location.save()
    order.client.contact_points.create(kind="phone", value="+48501234567")
    order.client.contact_points.create(kind="phone", value="+48600100200", position=1)
    return make_message(MessageState.FAILED, order=order, client=order.client)


def numbers_of(message) -> tuple:
    order = Order.objects.get(pk=message.order_id)
    card = order.client.contact_points.values_list("value", flat=True)
    return order.contact_phone.as_e164, order.location.phone.as_e164, list(card)


def test_a_corrected_number_takes_the_wrong_ones_place_in_order_location_and_card(client, alice, gateway):
    failed = wrong_everywhere()
    answer = press(client, failed, "resend", to="501 000 111", corrects="1")
    right = "+48501000111"
    assert numbers_of(failed) == (right, right, [right, "+48600100200"])
    assert sentences(answer).count("Corrected in the") == 3
    assert LogEntry.objects.filter(change_message__contains="+48501234567 was corrected to").count() == 3


def test_what_the_client_refused_holds_for_the_corrected_number_too(client, alice, gateway):
    failed = wrong_everywhere()
    record_opt_out(failed.client, "sms", "advertising", in_words("test"))
    press(client, failed, "resend", to="501 000 111", corrects="1")
    assert Suppression.objects.filter(address="+48501000111", channel="sms", purpose="advertising").exists()


def test_the_card_does_not_hold_one_number_twice(client, alice, gateway):
    failed = wrong_everywhere()
    press(client, failed, "resend", to="600 100 200", corrects="1")
    assert numbers_of(failed)[2] == ["+48600100200"]


def test_an_unticked_correction_is_for_this_message_alone(client, alice, gateway):
    failed = wrong_everywhere()
    press(client, failed, "resend", to="501 000 111")
    assert numbers_of(failed)[0] == "+48501234567"
    assert Message.objects.get(resend_of=failed).to == "+48501000111"


def test_it_refuses_a_corrected_number_that_is_none(client, alice, gateway):
    failed = make_message(MessageState.FAILED)
    assert "12" in sentences(press(client, failed, "resend", to="12"))
    two = "501 234 567, 502 345 678"
    assert two in sentences(press(client, failed, "resend", to=two))
    assert not Message.objects.filter(resend_of=failed).exists()


def test_it_sends_nothing_twice_that_may_still_go_out(client, alice, gateway):
    message = make_message()
    press(client, message, "resend")
    assert Message.objects.count() == 1


def test_a_doubt_is_settled_by_a_person(client, alice, gateway):
    first, second = make_message(MessageState.IN_DOUBT), make_message(MessageState.IN_DOUBT)
    press(client, first, "arrived")
    press(client, second, "lost")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (MessageState.SENT, MessageState.FAILED)
    assert Message.objects.get(resend_of=second).state == MessageState.QUEUED
    press(client, second, "lost")
    assert Message.objects.filter(resend_of=second).count() == 1


@pytest.mark.parametrize("verb", ["cancel", "approve", "resend", "arrived", "lost", "delete"])
def test_who_may_only_look_does_nothing_and_neither_does_a_link(client, verb, gateway):
    message = make_message(MessageState.HELD)
    looker = make_user()
    looker.user_permissions.add(Permission.objects.get(codename="view_message"))
    client.force_login(looker)
    assert client.get(f"{LIST}{message.pk}/change/").status_code == 200
    assert press(client, message, verb).status_code == 403
    client.force_login(make_user(is_superuser=True))
    assert client.get(f"{LIST}{message.pk}/{verb}/do/").status_code == 403
    message.refresh_from_db()
    assert message.state == MessageState.HELD


def test_a_message_is_neither_edited_nor_deleted(client, alice):
    message = make_message()
    assert client.post(f"{LIST}{message.pk}/change/", {"body": "Other"}).status_code == 403
    assert client.post(f"{LIST}{message.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    message.refresh_from_db()
    assert message.body == SECRET_TEXT


def test_its_page_tells_its_life(client, alice, gateway):
    message = make_message(
        MessageState.FAILED, reason=in_words("The number does not exist; no further tries."), parts=2
    )
    Attempt.objects.create(
        message=message,
        gateway=gateway,
        started_at=message.created_at,
        outcome="refused",
        code="21211",
        reason=in_words("The number does not exist."),
        fault="recipient",
    )
    page = client.get(f"{LIST}{message.pk}/change/").content.decode()
    for words in ("+48 501 *** 567", "2 parts", "no further tries", "21211", "recipient", SECRET_TEXT):
        assert words in page, words


def test_its_page_says_what_to_do_about_it(client, alice):
    message = make_message(MessageState.REFUSED, reason=reasons.NO_GATEWAY(channel="sms"))
    page = client.get(f"{LIST}{message.pk}/change/").content.decode()
    assert "No gateway for SMS is connected: nothing can be sent." in page
    assert "What to do: Connect a gateway for this channel" in page


def test_its_page_words_the_moment_where_the_reader_is(client, alice):
    message = make_message(MessageState.EXPIRED, reason=reasons.EXPIRED(at=NOON))
    company = Company.current()
    for zone in ("Asia/Almaty", "Europe/London"):
        company.time_zone = zone
        company.save()
        page = client.get(f"{LIST}{message.pk}/change/").content.decode()
        assert f"ended at {shown_at(NOON, zone)}, before" in page


def shown_at(at: datetime.datetime, zone: str) -> str:
    return f"{at.astimezone(zoneinfo.ZoneInfo(zone)):%-d %b %Y %H:%M}"


def test_the_list_is_filtered_by_the_kind_of_the_reason(client, alice):
    late = [make_message(MessageState.HELD, reason=reasons.LATE(minutes=minutes)) for minutes in (31, 47)]
    make_message(MessageState.EXPIRED, reason=reasons.EXPIRED(at=NOON))
    make_message()
    page = client.get(LIST)
    assert "It is late: send it still?" in page.content.decode()
    assert listed(client, reason="outbox.late") == {message.pk for message in late}
    assert client.get(LIST, {"reason": "outbox.never_heard_of"}).context["cl"].result_count == 4
    assert client.get(LIST, {"reason__exact": "prose"}).status_code == 302


def test_the_list_hides_the_middle_of_the_numbers(client, alice):
    make_message()
    page = client.get(LIST).content.decode()
    assert "+48 501 *** 567" in page
    assert "+48501234567" not in page


def test_it_finds_by_number_in_any_spelling_address_and_order(client, alice):
    order = make_order(number="2026/9")
    phone, mail = make_message(order=order), make_message(channel="email", to="ewa@example.com")
    assert listed(client, q="501-234-567") == {phone.pk}
    assert listed(client, q="Ewa@example.com") == {mail.pk}
    assert listed(client, q="2026/9") == listed(client, q="2026") == {phone.pk}
    assert listed(client, q=order.location.client_name) == {phone.pk}
    assert listed(client, q="2027") == set()


def test_the_list_says_to_whom_and_when(client, alice):
    order = make_order(make_location(make_client(name="Anna Kowalska")))
    make_message(MessageState.SENT, order=order, client=order.client, sent_at=timezone.now())
    page = client.get(LIST).content.decode()
    assert "Anna Kowalska" in page
    assert f"now, {timezone.localtime():%H:%M}" in page


def test_it_filters_by_state_and_channel(client, alice):
    failed, mail = make_message(MessageState.FAILED), make_message(channel="email", to="ewa@example.com")
    assert listed(client, state__exact="failed") == {failed.pk}
    assert listed(client, channel__exact="email") == {mail.pk}


def test_many_are_cancelled_and_approved_at_once(client, alice):
    waiting, held, sent = make_message(), make_message(MessageState.HELD), make_message(MessageState.SENT)
    keys = [message.pk for message in (waiting, held, sent)]
    client.post(LIST, {"action": "approve_chosen", "_selected_action": keys})
    answer = client.post(LIST, {"action": "cancel_chosen", "_selected_action": [waiting.pk, sent.pk]}, follow=True)
    assert "1 message cancelled." in sentences(answer)
    states = [Message.objects.get(pk=key).state for key in keys]
    assert states == [MessageState.CANCELLED, MessageState.QUEUED, MessageState.SENT]


def test_it_asks_the_database_as_often_for_fifty_rows_as_for_ten(client, alice, gateway):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(LIST).status_code == 200
        return len(seen)

    for _ in range(10):
        make_message(order=make_order(notify=False), gateway=gateway)
    client.get(LIST)
    few = queries()
    for _ in range(40):
        make_message(order=make_order(notify=False), gateway=gateway)
    assert queries() == few


def test_states_that_hold_nothing_are_not_offered_unless_chosen(client, alice):
    make_message(MessageState.SENT)
    names = [str(chip["name"]) for chip in client.get(LIST).context["chips"]]
    assert names == ["All", "sent"]
    chosen = client.get(LIST, {"state__exact": "held"}).context["chips"]
    assert [(str(chip["name"]), chip["count"]) for chip in chosen if chip["is_chosen"]] == [("held", "0")]
