"""Whose fault a mail server's refusal is: the account's stops the gateway and keeps its letters."""

import asyncio
import time

import pytest

from locations.values.reasons import NONE
from messaging.gateways.adapters import Checkup, Fault, Parcel, Refused
from messaging.gateways.adapters.email.smtp import Smtp
from messaging.gateways.models import Gateway
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from tests.gateways.scripted_mail_server import ENDLESS, ScriptedMailServer
from tests.makers import make_gateway
from tests.running_worker import run_worker


def send(server: ScriptedMailServer, **changes: str) -> Refused:
    async def send_and_close() -> Refused:
        adapter = Smtp(server.config(**changes), 5)
        try:
            return await adapter.send(Parcel(key="1", channel="email", to="alice@example.com", body="Hi", subject="Hi"))
        finally:
            await adapter.close()

    return asyncio.run(send_and_close())


OURS = [
    ("rcpt", "550 5.7.1 Relaying denied"),
    ("rcpt", "554 5.7.1 <alice@example.com>: Relay access denied"),
    ("rcpt", "550 relay not permitted, authentication required"),
    ("rcpt", "550 5.4.5 Daily user sending limit exceeded"),
    ("rcpt", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
    ("data", "550 5.4.5 Daily SMTP relay sending quota exceeded"),
    ("text", "550 5.7.26 Unauthenticated email is not accepted from this domain"),
    ("text", "554 You have exceeded your hourly quota of outgoing mail"),
    ("mail", "550 5.7.1 You may not send as this address"),
    ("greeting", "554 No SMTP service here"),
    ("ehlo", "550 Go away"),
    ("starttls", "554 TLS not available for you"),
]


@pytest.mark.parametrize(("moment", "answer"), OURS)
def test_what_every_letter_would_meet_stops_the_gateway(moment, answer):
    says = {moment: answer, "ehlo": "250-mail.test\r\n250 STARTTLS"} if moment == "starttls" else {moment: answer}
    if moment == "ehlo":
        says["helo"] = answer
    with ScriptedMailServer(**says) as server:
        outcome = send(server, security="starttls" if moment == "starttls" else "none")
    assert (outcome.pauses_gateway, outcome.permanent, outcome.fault) == (True, False, Fault.US)
    assert answer[:3] == outcome.code
    assert answer[4:30] in str(outcome.reason)


@pytest.mark.parametrize(
    ("moment", "answer", "permanent", "fault", "is_dead"),
    [
        ("rcpt", "552 5.2.2 Mailbox full, over quota", False, Fault.PROVIDER, False),
        ("rcpt", "552 Requested mail action aborted: exceeded storage allocation", False, Fault.PROVIDER, False),
        ("rcpt", "550 5.2.2 The user's mailbox is over its quota limit", True, Fault.RECIPIENT, False),
        ("rcpt", "550 5.1.1 No such user", True, Fault.RECIPIENT, True),
        ("rcpt", "450 4.7.1 Greylisted, relay later", False, Fault.PROVIDER, False),
        ("text", "554 5.7.1 Message rejected as spam by content scanning", True, Fault.UNKNOWN, False),
        ("text", "552 5.3.4 Message too big for system", True, Fault.UNKNOWN, False),
        ("greeting", "421 Too many connections, try later", False, Fault.PROVIDER, False),
    ],
)
def test_the_others_concern_one_letter_or_pass(moment, answer, permanent, fault, is_dead):
    with ScriptedMailServer(**{moment: answer}) as server:
        outcome = send(server)
    assert (outcome.pauses_gateway, outcome.permanent, outcome.fault) == (False, permanent, fault)
    assert outcome.is_address_dead == is_dead


@pytest.mark.django_db
def test_a_denied_relay_burns_no_letters():
    with ScriptedMailServer(rcpt="554 5.7.1 Relay access denied") as server:
        gateway = make_gateway("smtp", config=server.config(), concurrency=4)
        queue_messages([Message(channel="email", to=f"a{n}@example.com", body="Hi", subject="Hi") for n in range(50)])
        run_worker()
        assert set(Message.objects.values_list("state", flat=True)) == {MessageState.QUEUED}
        assert str(Gateway.objects.get(pk=gateway.pk).pause_reason).endswith("Relay access denied")
        server.says.clear()
        Gateway.objects.update(paused_at=None, pause_reason=NONE)
        run_worker()
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}
    assert server.letters == 50


@pytest.mark.parametrize("moment", ["greeting", "ehlo", "mail", "rcpt"])
def test_an_answer_without_end_is_cut(moment):
    started = time.monotonic()
    with ScriptedMailServer(**{moment: ENDLESS}) as server:
        outcome = send(server)
    assert (outcome.permanent, outcome.fault) == (False, Fault.PROVIDER)
    assert time.monotonic() - started < 3


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["greeting", "ehlo"])
def test_half_a_character_and_nul_in_a_server_s_words_can_be_stored(moment):
    words = "554 no\0 service \udcff"
    with ScriptedMailServer(**{moment: words, "helo": words}) as server:
        gateway = make_gateway("smtp", config=server.config())
        queue_messages([Message(channel="email", to="a@example.com", body="Hi", subject="Hi")])
        run_worker()
        checked = asyncio.run(Smtp(server.config(), 5).check())
    assert Gateway.objects.get(pk=gateway.pk).paused_at is not None
    assert isinstance(checked, Checkup)
    assert "\0" not in str(checked)
