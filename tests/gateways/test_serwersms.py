"""SerwerSMS's adapter against a server that speaks SerwerSMS's contract."""

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from locations.values.reasons import Reason
from messaging.gateways.adapters import (
    Accepted,
    Balance,
    Checkup,
    Fault,
    Outcome,
    Parcel,
    ReceiptNews,
    ReceiptStatus,
    Refused,
    Unknown,
)
from messaging.gateways.adapters.serwersms.sms import SerwerSms, make_id
from tests.gateways.serwersms_server import BROKEN, CUT, HURRIED, SILENT, UNSENT, SerwerSmsServer

KEY = "7b0c7d4e-0d55-4a3e-9d0e-2f0f3a1b2c3d"
ALICE = "+48501234567"


@pytest.fixture
def server():
    with SerwerSmsServer() as running:
        yield running


def make_parcel(to: str = ALICE, **changes) -> Parcel:
    return Parcel(**{"key": KEY, "channel": "sms", "to": to, "body": "Order A-17", **changes})


def run(config: dict[str, str], work: Callable[[SerwerSms], Coroutine[Any, Any, Any]], timeout: float = 5) -> Any:
    async def run_and_close() -> Any:
        adapter = SerwerSms(config, timeout)
        try:
            return await work(adapter)
        finally:
            await adapter.close()

    return asyncio.run(run_and_close())


def send(config: dict[str, str], parcel: Parcel, timeout: float = 5) -> Outcome:
    return run(config, lambda adapter: adapter.send(parcel), timeout)


def look_up(config: dict[str, str], parcel: Parcel) -> Accepted | Unknown:
    return run(config, lambda adapter: adapter.look_up(parcel, timezone.now()))


def fetch(config: dict[str, str], *numbers: str) -> list[ReceiptNews]:
    calls = run(config, lambda adapter: adapter.fetch_receipts(list(numbers)))
    return [news for call in calls for news in SerwerSms.read_hook(call)]


def test_it_hands_over_the_text_under_our_key(server):
    outcome = send(server.config(), make_parcel())
    assert outcome == Accepted(next(iter(server.kept)))
    own = {"phone": ALICE, "text": "Order A-17", "unique_id": "7b0c7d4e0d554a3e9d0e2f0f3a1b2c3d", "details": True}
    assert server.requests == [{**own, "sender": "Shop", "utf": False}]


@pytest.mark.parametrize(
    ("text", "utf"), [("Cena: 5 € [brutto] ñ", False), ("Zamówienie", True), ("Заказ", True), ("`", True)]
)
def test_letters_beyond_the_gsm_alphabet_travel_as_unicode(server, text, utf):
    send(server.config(), make_parcel(body=text))
    assert server.requests[0]["utf"] is utf


def test_without_a_sender_it_sends_as_eco_which_knows_no_unicode(server):
    send(server.config(sender=""), make_parcel(body="Zamówienie"))
    assert not {"sender", "utf"} & set(server.requests[0])


@pytest.mark.parametrize(("key", "made"), [(KEY, KEY.replace("-", "")), ("test-1", "test1"), ("x" * 60, "x" * 50)])
def test_it_writes_our_key_in_letters_and_digits_only(key, made):
    assert make_id(key) == made


@pytest.mark.parametrize("code", [1001, 1002, 1003, 1005, 1007, 3000, 3001, 3002, 3003, 3100])
def test_it_stops_the_gateway_when_the_account_is_at_fault(server, code):
    outcome = send(server.config(), make_parcel(f"+48500{code:06}"))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.pauses_gateway, outcome.permanent, outcome.fault) == (
        str(code),
        True,
        False,
        Fault.US,
    )


def test_it_stops_the_gateway_when_the_token_is_wrong(server):
    outcome = send(server.config(token="wrong"), make_parcel())
    assert isinstance(outcome, Refused)
    assert outcome.pauses_gateway


def test_it_tries_again_later_after_an_error_that_nobody_knows(server):
    outcome = send(server.config(), make_parcel("+48500007777"))
    assert (outcome.permanent, outcome.fault, outcome.code) == (False, Fault.UNKNOWN, "7777")
    assert str(outcome.reason) == "SerwerSMS refused it: The chosen error"


def test_it_says_that_one_number_was_not_taken(server):
    outcome = send(server.config(), make_parcel(UNSENT))
    assert outcome == Refused(Reason("serwersms.2001"), True, Fault.RECIPIENT, "2001", is_address_dead=True)


def test_it_repeats_later_what_serwersms_was_too_busy_for(server):
    outcome = send(server.config(), make_parcel(HURRIED))
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.retry_after, outcome.fault) == (False, 9, Fault.PROVIDER)


def test_it_knows_that_an_unreachable_provider_took_nothing(server):
    outcome = send(server.config(base_url="http://127.0.0.1:9"), make_parcel())
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.fault) == (False, Fault.PROVIDER)


@pytest.mark.parametrize("to", [BROKEN, CUT])
def test_it_is_in_doubt_when_the_answer_says_nothing(server, to):
    assert isinstance(send(server.config(), make_parcel(to)), Unknown)


def test_it_is_in_doubt_when_no_answer_comes_in_time():
    with SerwerSmsServer(silence=1.5) as server:
        assert isinstance(send(server.config(), make_parcel(SILENT), timeout=1), Unknown)


def test_a_look_up_finds_the_message_that_was_cut_off(server):
    send(server.config(), make_parcel(CUT))
    assert look_up(server.config(), make_parcel(CUT)) == Accepted(next(iter(server.kept)))
    next(iter(server.kept.values()))["status"] = "delivered"
    assert look_up(server.config(), make_parcel(CUT)).is_delivered


def test_a_look_up_takes_no_silence_for_a_proof(server):
    send(server.config(), make_parcel(BROKEN))
    finding = look_up(server.config(), make_parcel(BROKEN))
    assert finding == Unknown(Reason("serwersms.not_reported"))


def test_a_look_up_takes_no_report_about_somebody_else_for_this_one(server):
    send(server.config(), make_parcel(CUT))
    next(iter(server.kept.values()))["phone"] = "+48501234568"
    assert isinstance(look_up(server.config(), make_parcel(CUT)), Unknown)


def test_a_look_up_stays_in_doubt_while_nobody_answers(server):
    assert isinstance(look_up(server.config(token="wrong"), make_parcel()), Unknown)
    assert isinstance(look_up(server.config(base_url="http://127.0.0.1:9"), make_parcel()), Unknown)


@pytest.mark.parametrize(
    ("row", "status", "sentence", "is_dead"),
    [
        ({"status": "delivered"}, ReceiptStatus.DELIVERED, "", False),
        ({"status": "in_progress"}, ReceiptStatus.SENT, "", False),
        ({"status": "undelivered", "reason": "wrong_number"}, ReceiptStatus.FAILED, "The number does not exist.", True),
        (
            {"status": "unsent", "reason": "never heard of"},
            ReceiptStatus.FAILED,
            "SerwerSMS could not deliver it and did not say why.",
            False,
        ),
    ],
)
def test_it_learns_what_became_of_a_message(server, row, status, sentence, is_dead):
    number = send(server.config(), make_parcel()).provider_id
    server.kept[number] |= row
    [news] = fetch(server.config(), number)
    assert (news.provider_id, news.status, news.is_address_dead) == (number, status, is_dead)
    assert str(news.reason) == sentence


def test_it_hands_on_a_state_it_does_not_know_and_learns_nothing_without_an_answer(server):
    number = send(server.config(), make_parcel()).provider_id
    server.kept[number]["status"] = "dancing"
    [unclear] = fetch(server.config(), number)
    assert str(unclear.reason) == "SerwerSMS's status “dancing” of a message is not known."
    assert fetch(server.config(token="wrong"), number) == []
    assert fetch(server.config(base_url="http://127.0.0.1:9"), number) == []


def test_it_checks_the_account(server):
    known = run(server.config(), lambda adapter: adapter.check())
    assert known == Checkup("SerwerSMS knows the account; 250 SMS are left.", balance=Balance(Decimal(250), "SMS"))
    unknown = run(server.config(token="wrong"), lambda adapter: adapter.check())
    assert unknown == Checkup(problem=Reason("serwersms.1001"))


@pytest.mark.parametrize(("sender", "amount"), [("Shop", 250), ("", 900)])
def test_it_tells_how_many_messages_of_its_kind_are_left(server, sender, amount):
    balance = run(server.config(sender=sender), lambda adapter: adapter.fetch_balance())
    assert balance == Balance(Decimal(amount), "SMS")


def test_a_limit_that_is_no_number_is_not_shown():
    with SerwerSmsServer(limits="without limit") as server:
        assert run(server.config(), lambda adapter: adapter.fetch_balance()) is None


@pytest.mark.parametrize(("changes", "field"), [({"sender": "Żółta Łódź"}, "sender"), ({"token": "ż"}, "token")])
def test_it_refuses_fields_that_cannot_work(changes, field):
    assert list(SerwerSms.find_faults({"token": "t", "sender": "Shop", **changes})) == [field]
