"""Reasons that earlier versions kept as sentences: each has its code now, reads as before, and none is lost."""

import pytest

from locations.models import Consent, Suppression
from locations.reasons import CLIENT_CARD
from locations.values.reasons import Reason, in_words
from messaging.gateways.models import Gateway
from messaging.outbox.models import Attempt, Message, Receipt, UnusableAddress
from messaging.outbox.states import MessageState
from tests.makers import make_client, make_gateway
from tests.migrated import run_again

pytestmark = pytest.mark.django_db
SENTENCES = {
    "SMS is switched off for this company.": "outbox.off_for_company",
    "E-mail is switched off for this client.": "outbox.off_for_client",
    "Call is switched off for this client location.": "outbox.off_for_location",
    "SMS is switched off for this order.": "outbox.off_for_order",
    "Marked as unusable on 03.02.2026: The number does not exist.": "outbox.unusable_address",
    "No gateway for SMS is connected: nothing can be sent.": "outbox.no_gateway",
    "A demo client is written to through the sandbox only, and no sandbox for E-mail is on.": "outbox.no_sandbox",
    "The gateway of this line is switched off or was removed.": "outbox.line_gone",
    "The account of the gateway “Twilio” is empty: top it up first.": "outbox.account_empty",
    "31 minutes late: send it still?": "outbox.late",
    "Its validity ended at 13:10, while its gateway “Phone” was paused.": "outbox.expired_while_paused",
    "Its validity ended at 13:10, before it could be sent.": "outbox.expired",
    "The client does not want such messages (SMS, service).": "locations.refused_by_client",
    "The address does not want such messages (E-mail, advertising).": "locations.refused_for_address",
    "Cancelled by alice.": "outbox.cancelled_by",
    "The order was deleted.": "outbox.order_deleted",
    "The demo was removed.": "outbox.demo_removed",
    "Late, approved by hand.": "outbox.approved",
    "Settled by hand: it arrived.": "outbox.settled_arrived",
    "Settled by hand: it did not arrive.": "outbox.settled_lost",
    "Settled by hand: it did not arrive. It is not sent again: The order was deleted.": "outbox.settled_lost",
    "All sending was stopped before it left; it waits.": "outbox.sending_stopped",
    "The worker was held up; it is queued again.": "outbox.held_up",
    "It waits for its turn.": "outbox.waits_for_turn",
    "The provider has asked to slow down. It waits for its turn.": "outbox.slowed",
    "The gateway's settings are incomplete: open it, fill them in and resume it.": "outbox.settings_incomplete",
    "The file “faktura.pdf” is gone from the disk.": "outbox.file_gone",
    "The program was interrupted while sending: it may or may not have arrived.": "outbox.interrupted",
    "Its gateway, which alone could take it under the same key, is switched off or gone: find out if it arrived.": (
        "outbox.key_lost"
    ),
    "The program failed while asking; the log has the details. It may or may not have arrived. "
    "The provider is asked again at 14:30:10.": "outbox.asking_failed",
    "The provider did not answer in time. It may or may not have arrived.": "gateways.no_answer",
    "The provider did not answer in time. It may or may not have arrived. "
    "The provider is not asked any more: find out whether it arrived.": "gateways.no_answer",
    "The program failed while sending; the log has the details. It may or may not have arrived.": (
        "gateways.send_failed"
    ),
    "The provider does not have it so far; it must say so twice before it is sent again. "
    "The provider is asked again at 14:30:10.": "outbox.not_found_so_far",
    "The provider never took it, so it is sent again.": "outbox.never_taken",
    "It is sent again under the same key, which the provider takes once only.": "outbox.same_key",
    "Sent 6 times under the same key, never answered: find out whether it arrived.": "outbox.same_key_unanswered",
    "Given up after 5 tries without an answer.": "outbox.given_up_unanswered",
    "The provider has a message with the same words to the same address, but that is another one of ours.": (
        "outbox.twin_found"
    ),
    "The provider does not have it. It is not sent again by itself, since an interrupted worker might still do so.": (
        "outbox.worker_asleep"
    ),
    "The gateway was changed since it was tried. If that is another account now, it knows nothing of the message.": (
        "outbox.gateway_changed"
    ),
    "“First” has taken it too: the customer may get it twice.": "outbox.taken_too",
    "“First” delivered it after all.": "outbox.delivered_after_all",
    "“First” delivered it too: the customer may have got it twice.": "outbox.delivered_twice",
    "Twilio could not be reached. Next try 14:30:10, 2 of 5.": "gateways.not_reached",
    "Twilio could not be reached. Given up after 5 tries.": "gateways.not_reached",
    "Twilio could not be reached. The next try would come after its validity.": "gateways.not_reached",
    "Too many of them. Next try 13:01:00.": "told.words",
    "Twilio refused it: no \U0001f600 here. Given up after 24 hours.": "gateways.refused_by_provider",
    "Twilio refused it: no. Its validity ended at 13:30.": "gateways.refused_by_provider",
    "5 messages in a row were refused with the code 999, which this program does not know: the account may be at "
    "fault. Look at the provider's panel, then resume. Twilio refused it: no.": "gateways.unknown_codes",
    "Die Nummer gibt es nicht.": "told.words",
}


def make_old(sentence: str, **fields: object) -> Message:
    """As it was written once, past every door."""
    return Message.objects.create(
        channel="sms", to="+48501234567", body="Hi", state=MessageState.FAILED, reason=Reason(sentence), **fields
    )


def test_each_sentence_has_its_code_and_reads_as_before():
    old = {make_old(sentence).pk: sentence for sentence in SENTENCES}
    run_again("outbox", "0012_old_reasons")
    found = {old[message.pk]: message.reason for message in Message.objects.filter(pk__in=old)}
    assert {sentence: reason.code for sentence, reason in found.items()} == SENTENCES
    assert [sentence for sentence, reason in found.items() if str(reason).lower() != sentence.lower()] == []


def test_what_the_robots_stopped_is_theirs():
    message = make_old("The order was cancelled.", unwanted=Reason("The order has left the stage."))
    run_again("outbox", "0012_old_reasons")
    message.refresh_from_db()
    assert (message.reason, message.unwanted) == (Reason("robots.order_cancelled"), Reason("robots.left_stage"))


def test_what_providers_said_has_the_code_of_their_table():
    gateway: Gateway = make_gateway("twilio_sms")
    message = make_old("")
    said = Reason("The number is unknown or no longer in use.")
    Attempt.objects.create(message=message, gateway=gateway, started_at=message.created_at, reason=said)
    Receipt.objects.create(message=message, gateway=gateway, status="failed", reason=said)
    UnusableAddress.objects.create(channel="sms", address="+48500000001", reason=said)
    run_again("outbox", "0012_old_reasons")
    for row in (message.tries.get(), message.receipts.get(), UnusableAddress.objects.get()):
        assert row.reason.code.startswith("twilio.")
        assert str(row.reason) == "The number is unknown or no longer in use."


def test_again_it_does_no_harm():
    message = make_old("31 minutes late: send it still?")
    for _time in range(2):
        run_again("outbox", "0012_old_reasons")
    message.refresh_from_db()
    assert message.reason == Reason('outbox.late {"minutes": "31"}')


def test_where_somebody_said_what_they_want_reads_as_before():
    said = {
        ("sms", "service"): "client's card, alice",
        ("sms", "advertising"): "Written to “SMS line” on 03.02.2026 14:30: “STOP, please”",
        ("email", "service"): "asked by phone",
    }
    client = make_client()
    for (channel, purpose), sentence in said.items():
        which = {"channel": channel, "purpose": purpose}
        Consent.objects.create(client=client, is_given=False, source=Reason(sentence), **which)
        Suppression.objects.create(address="+48501234567", reason=Reason(sentence), **which)
    run_again("locations", "0013_old_reasons")
    for rows, field in ((Consent.objects, "source"), (Suppression.objects, "reason")):
        found = {(one.channel, one.purpose): getattr(one, field) for one in rows.all()}
        assert found["sms", "service"] == CLIENT_CARD(user="alice")
        assert str(found["sms", "advertising"]) == "Written to “SMS line”, 03.02.2026 14:30: “STOP, please”"
        assert found["email", "service"] == in_words("asked by phone")
