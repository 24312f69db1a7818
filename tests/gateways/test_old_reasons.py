"""An update: what was said in English of gateways and calls is a code with values, and reads as it did."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from locations.values.reasons import NONE, Reason
from messaging.gateways.adapters import HookRequest, ReceiptNews
from messaging.gateways.adapters.email.smtp import Smtp
from messaging.gateways.models import Gateway, HookEvent, SandboxDelivery
from messaging.outbox.models import Attempt, Message, UnusableAddress
from tests.makers import make_gateway
from tests.migrated import run_again

pytestmark = pytest.mark.django_db

FIELDS = ["pause_reason", "last_error", "pace_reason", "hook_problem", "poll_problem"]
TROUBLES = {
    ("twilio_sms", "The Twilio account is suspended."): "twilio.30002",
    ("twilio_sms", "Twilio refused it: Unable to create record: 100% (new)"): "gateways.refused_by_provider",
    ("twilio_sms", "Twilio could not be reached."): "gateways.not_reached",
    ("twilio_voice", "Twilio did not answer in time, or the connection was cut."): "gateways.cut_off",
    ("twilio_sms", "A limit of the trial account at Twilio is reached."): "twilio.trial_limit",
    ("smsapi", "SMSAPI does not know this token."): "smsapi.101",
    ("smsapi", "Sending to this country is not allowed for the account."): "smsapi.112",
    ("serwersms", "Sending to this country is not allowed for the account."): (
        "serwersms.sending_to_foreign_networks_is_locked"
    ),
    ("serwersms", "SerwerSMS asks to slow down."): "serwersms.429",
    ("telegram", "Telegram does not know this bot's token."): "telegram.bad_token",
    ("telegram", "The token is of another bot: @other_bot."): "telegram.wrong_bot",
    ("smtp", "The mail server refused the user name or password: 535 5.7.8 Bad: login"): "smtp.login_refused",
    ("smtp", "The mail server refused the recipient: 554"): "smtp.recipient_refused",
    ("smtp", "The mail server's name is not known."): "smtp.name_unknown",
    ("smtp", "The server of the mailbox could not be reached."): "imap.not_reached",
    ("smtp", "The mailbox refused: [b'NO']"): "imap.refused",
    ("smtp", "The provider did not answer in time."): "gateways.no_answer",
    ("smtp", "The program failed to read what the provider had; the log has the details."): "gateways.poll_failed",
    ("smtp", "A call was larger than 64 KB and was turned away."): "gateways.call_too_large",
    ("smsapi", "What an older version said."): "told.words",
    (
        "twilio_sms",
        "5 messages in a row were refused with the code 777, which this program does not know: the account may be at "
        "fault. Look at the provider's panel, then resume. Twilio refused it: No.",
    ): "gateways.unknown_codes",
}
PROBLEMS = {
    "The program failed to read it; the log has the details.": ["gateways.read_failed"],
    "SMSAPI's status “7” of a message is not known. SMSAPI's status “8” of a message is not known.": (
        ["gateways.unknown_status"] * 2
    ),
    "SerwerSMS's state “dancing” of a message is not known.": ["gateways.unknown_status"],
    "SMSAPI itself does not know what became of the message (408).": ["smsapi.nothing_known"],
    "Twilio's message type “order” is not known. Only 20 of its 30 files are in the chat.": (
        ["twilio.unknown_type", "inbox.too_many_files"]
    ),
    "Not a private chat with a person: the bot answers those only.": ["telegram.not_private"],
    "Nobody knows who wrote it.": ["inbox.unknown_sender"],
    "Not written on the sandbox's pages": ["sandbox.not_written_here"],
}
REWORDED = {"'s state “": "'s status “", "sandbox's pages": "sandbox's pages."}


def update() -> None:
    run_again("gateways", "0011_old_reasons")


def write_past_every_door(table: str, column: str, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s", [text])


@pytest.mark.parametrize(("before", "code"), TROUBLES.items())
def test_what_was_wrong_with_a_gateway_is_a_reason_of_its_provider(before, code):
    adapter, sentence = before
    make_gateway(adapter)
    for field in FIELDS:
        write_past_every_door("gateways_gateway", field, sentence)
    for _again in range(2):
        update()
        for reason in Gateway.objects.values_list(*FIELDS).get():
            assert (reason.code, str(reason).strip()) == (code, sentence)


@pytest.mark.parametrize(("sentence", "codes"), PROBLEMS.items())
def test_why_a_call_had_no_effect_is_one_reason_after_the_other(sentence, codes):
    HookEvent.objects.create(gateway=make_gateway(), dedupe_key="x", method="POST", url="", body=b"")
    write_past_every_door("gateways_hookevent", "problem", sentence)
    update()
    problem = HookEvent.objects.get().problem
    assert [code for code, _values in problem.facts] == codes
    for old, new in REWORDED.items():
        sentence = sentence.replace(old, new)
    assert str(problem) == sentence


def test_a_bounce_that_was_kept_with_a_sentence_is_still_read():
    kept = {"kind": "receipt", "status": "failed", "message_key": "k", "provider_id": "", "code": "5.1.1", "at": None}
    kept |= {"sentence": "The recipient's mail server sent it back (5.1.1).", "fault": "recipient", "other_keys": []}
    kept |= {"is_address_dead": True, "opted_out": False, "pauses_gateway": False}
    call = HookRequest(
        "imap:?validity=1&uid=2", "POLL", json.dumps(kept).encode(), {"content-type": "application/json"}
    )
    [news] = Smtp.read_hook(call)
    assert isinstance(news, ReceiptNews)
    assert (news.message_key, news.is_address_dead) == ("k", True)
    assert str(news.reason) == "The recipient's mail server sent it back (5.1.1)."


def test_what_arrived_in_the_sandbox_has_no_reason_and_what_did_not_has():
    for text in ("delivered", "The number does not exist."):
        delivery = SandboxDelivery.objects.create(channel="sms", to="+48501000001", body="Hello")
        SandboxDelivery.objects.filter(pk=delivery.pk).update(reason=Reason(text))
    update()
    assert list(SandboxDelivery.objects.order_by("pk").values_list("reason", flat=True)) == [
        NONE,
        Reason("sandbox.21211"),
    ]


def test_what_two_providers_say_alike_is_of_the_one_that_said_it():
    for adapter in ("sandbox_sms", "serwersms", "twilio_sms"):
        message = Message.objects.create(channel="sms", to="+48501", body="x", gateway=make_gateway(adapter))
        UnusableAddress.objects.create(channel="sms", address=adapter, message=message)
        Attempt.objects.create(message=message, gateway=message.gateway, started_at=message.created_at, milliseconds=1)
    Message.objects.create(channel="sms", to="+48501", body="x")
    for table in ("outbox_message", "outbox_attempt", "outbox_unusableaddress"):
        write_past_every_door(table, "reason", "The number does not exist.")
    run_again("outbox", "0012_old_reasons")
    expected = ["sandbox.21211", "serwersms.2001", "twilio.21211"]
    for model in (Message, Attempt, UnusableAddress):
        assert [row.reason.code for row in model.objects.order_by("pk")][:3] == expected
    assert str(Message.objects.latest("pk").reason) == "The number does not exist."


@pytest.mark.django_db(transaction=True)
def test_the_version_before_reads_it_as_sentences_and_an_update_again_as_reasons():
    gateway = make_gateway("twilio_sms", pause_reason=Reason("twilio.30002"))
    try:
        call_command("migrate", "gateways", "0009", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pause_reason FROM gateways_gateway")
            assert cursor.fetchone() == ("The Twilio account is suspended.",)
    finally:
        call_command("migrate", verbosity=0)
    gateway.refresh_from_db()
    assert gateway.pause_reason == Reason("twilio.30002")
