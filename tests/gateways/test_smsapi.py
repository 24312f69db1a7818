"""SMSAPI's adapter against a server that speaks SMSAPI's contract."""

import asyncio
import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from locations.values.reasons import Reason
from messaging.gateways.adapters import (
    Accepted,
    Balance,
    Checkup,
    Fault,
    HookRequest,
    NotUnderstood,
    Outcome,
    Parcel,
    ReceiptNews,
    ReceiptStatus,
    Refused,
    Unclear,
    Unknown,
)
from messaging.gateways.adapters.smsapi.errors import NOTHING_KNOWN, VERDICTS
from messaging.gateways.adapters.smsapi.sms import SmsApi
from messaging.gateways.reasons import NOT_REACHED, UNKNOWN_STATUS
from tests.gateways.smsapi_server import BROKEN, CUT, HURRIED, SILENT, SmsApiServer

PAYLOADS = Path(__file__).parent / "payloads"
KEY = "7b0c7d4e-0d55-4a3e-9d0e-2f0f3a1b2c3d"
ALICE = "+48501234567"
HOOK = "https://shop.example/hooks/k/"


@pytest.fixture
def server():
    with SmsApiServer() as running:
        yield running


def make_parcel(to: str = ALICE, **changes) -> Parcel:
    return Parcel(**{"key": KEY, "channel": "sms", "to": to, "body": "Zamówienie A-17", **changes})


def send(config: dict[str, str], *parcels: Parcel, timeout: float = 5, hook_url: str = "") -> list[Outcome]:
    """The outcomes of parcels sent one after another."""

    async def send_all() -> list[Outcome]:
        adapter = SmsApi(config, timeout, hook_url)
        try:
            return [await adapter.send(parcel) for parcel in parcels]
        finally:
            await adapter.close()

    return asyncio.run(send_all())


def ask(config: dict[str, str], what: str) -> Checkup | Balance | None:
    async def ask_once() -> Checkup | Balance | None:
        adapter = SmsApi(config, 5)
        try:
            return await getattr(adapter, what)()
        finally:
            await adapter.close()

    return asyncio.run(ask_once())


def make_call(query: str) -> HookRequest:
    return HookRequest(f"{HOOK}?{query}", "GET")


def test_it_hands_over_the_text_under_our_key(server):
    [outcome] = send(server.config(), make_parcel(), hook_url=HOOK)
    assert isinstance(outcome, Accepted)
    assert len(outcome.provider_id) == 24
    assert server.messages == [
        {
            "to": "48501234567",
            "message": "Zamówienie A-17",
            "from": "Shop",
            "format": "json",
            "encoding": "utf-8",
            "idx": KEY,
            "check_idx": "1",
            "notify_url": HOOK,
        }
    ]


def test_it_names_no_address_for_receipts_when_nobody_can_reach_us(server):
    send(server.config(sender=""), make_parcel())
    assert not {"notify_url", "from"} & set(server.messages[0])


@pytest.mark.parametrize(("to", "at_first"), [(f"+{CUT}", Unknown), (ALICE, Accepted)])
def test_a_message_sent_again_under_the_same_key_is_taken_once(server, to, at_first):
    first, again = send(server.config(), make_parcel(to), make_parcel(to))
    assert isinstance(first, at_first)
    assert isinstance(again, Accepted)
    assert len(server.messages) == 1


@pytest.mark.parametrize(("hours", "kept_hours"), [(-1, 1.01), (5, 5), (100, 71)])
def test_it_tells_until_when_the_message_makes_sense(server, time_machine, hours, kept_hours):
    time_machine.move_to(timezone.now(), tick=False)
    now = timezone.now()
    send(server.config(), make_parcel(expires_at=now + datetime.timedelta(hours=hours)))
    left = int(server.messages[0]["expiration_date"]) - now.timestamp()
    assert left / 3600 == pytest.approx(kept_hours, abs=0.01)


@pytest.mark.parametrize(
    ("code", "permanent", "fault", "pauses"),
    [
        (13, True, Fault.RECIPIENT, False),
        (57, True, Fault.RECIPIENT, False),
        (59, True, Fault.RECIPIENT, False),
        (112, True, Fault.US, False),
        (12, True, Fault.US, False),
        (52, False, Fault.PROVIDER, False),
        (203, False, Fault.PROVIDER, False),
        (103, False, Fault.US, True),
        (105, False, Fault.US, True),
        (14, False, Fault.US, True),
        (777, True, Fault.UNKNOWN, False),
    ],
)
def test_it_says_whose_fault_a_refusal_is(server, code, permanent, fault, pauses):
    [outcome] = send(server.config(), make_parcel(f"+48500{code:06}"))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent, outcome.fault, outcome.pauses_gateway) == (
        str(code),
        permanent,
        fault,
        pauses,
    )
    assert str(outcome.reason)
    assert server.messages == []


def test_a_number_on_the_account_s_black_list_is_not_dead_and_who_has_opted_out_is_known(server):
    outcomes = send(server.config(), *(make_parcel(f"+48500{code:06}") for code in (13, 59, 57)))
    marks = [(outcome.is_address_dead, outcome.opted_out) for outcome in outcomes]
    assert marks == [(False, False), (False, True), (False, False)]


@pytest.mark.parametrize("to", ["+48500000200", "+48500000999", f"+{BROKEN}", f"+{CUT}"])
def test_it_is_in_doubt_when_the_answer_says_nothing(server, to):
    [outcome] = send(server.config(), make_parcel(to))
    assert isinstance(outcome, Unknown)


def test_it_is_in_doubt_when_no_answer_comes_in_time():
    with SmsApiServer(silence=1.5) as server:
        [outcome] = send(server.config(), make_parcel(f"+{SILENT}"), timeout=1)
    assert isinstance(outcome, Unknown)


def test_it_repeats_later_what_smsapi_was_too_busy_for(server):
    [outcome] = send(server.config(), make_parcel(f"+{HURRIED}"))
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.retry_after, outcome.fault) == (False, 9, Fault.PROVIDER)


def test_it_knows_that_an_unreachable_provider_took_nothing(server):
    [outcome] = send(server.config(base_url="http://127.0.0.1:9"), make_parcel())
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.fault) == (False, Fault.PROVIDER)


@pytest.mark.parametrize("changes", [{"token": "wrong"}, {"sender": "Stranger"}])
def test_it_stops_the_gateway_when_the_account_is_at_fault(server, changes):
    [outcome] = send(server.config(**changes), make_parcel())
    assert isinstance(outcome, Refused)
    assert (outcome.pauses_gateway, outcome.permanent, outcome.fault) == (True, False, Fault.US)


def test_it_checks_the_account(server):
    balance = Balance(Decimal("100.5"), "points")
    assert ask(server.config(), "check") == Checkup("SMSAPI knows the account; it has 100.5 points.", balance=balance)
    assert ask(server.config(token="wrong"), "check") == Checkup(problem=Reason("smsapi.101"))
    nobody = ask(server.config(base_url="http://127.0.0.1:9"), "check")
    assert nobody == Checkup(problem=NOT_REACHED(provider="SMSAPI"))


@pytest.mark.parametrize(
    ("points", "balance"),
    [(100.5, Balance(Decimal("100.5"), "points")), (0, Balance(Decimal(0), "points")), ("NaN", None), (None, None)],
)
def test_it_tells_the_balance(points, balance):
    with SmsApiServer(points=points) as server:
        assert ask(server.config(), "fetch_balance") == balance
        assert ask(server.config(token="wrong"), "fetch_balance") is None


def test_it_reads_that_a_message_arrived():
    [news] = SmsApi.read_hook(make_call((PAYLOADS / "smsapi_delivered.query").read_text()))
    at = datetime.datetime(2026, 3, 2, 12, 0, 30, tzinfo=datetime.UTC)
    expected = ReceiptNews(ReceiptStatus.DELIVERED, message_key=KEY, provider_id="5C1A2B3D4E5F60718293A4B5", at=at)
    assert news == expected


def test_it_reads_several_receipts_in_one_call():
    news = SmsApi.read_hook(make_call((PAYLOADS / "smsapi_three.query").read_text()))
    assert [(one.provider_id, one.message_key, one.status) for one in news] == [
        ("A1", "one", ReceiptStatus.DELIVERED),
        ("B2", "two", ReceiptStatus.FAILED),
        ("C3", "three", ReceiptStatus.SENT),
    ]
    assert str(news[1].reason) == "The operator could not deliver it."


def test_a_receipt_that_says_nothing_has_a_reason_and_is_no_alarm():
    [unclear] = SmsApi.read_hook(make_call("MsgId=A1&status=408&idx=one&donedate=x"))
    assert unclear == Unclear(NOTHING_KNOWN(status="408"), must_be_seen=False)


def test_one_status_that_nobody_knows_loses_no_other_receipt():
    first, unclear, last = SmsApi.read_hook(make_call("MsgId=A1,B2,C3&status=404,999,402"))
    assert (first.provider_id, last.provider_id) == ("A1", "C3")
    assert unclear == Unclear(UNKNOWN_STATUS(provider="SMSAPI", status="999"))


@pytest.mark.parametrize("query", ["", "MsgId=A1", "MsgId=A1,B2&status=404", "status=404"])
def test_it_says_what_it_cannot_read(query):
    with pytest.raises(NotUnderstood):
        SmsApi.read_hook(make_call(query))


def test_it_reads_what_a_customer_wrote():
    body = b"sms_to=48799999999&sms_from=48501234567&sms_text=Gdzie+to+jest%3F&sms_date=1772452830&username=shop"
    call = HookRequest(HOOK, "POST", body, {"content-type": "application/x-www-form-urlencoded"})
    [news] = SmsApi.read_hook(call)
    assert (news.sender, news.to, news.text) == (ALICE, "48799999999", "Gdzie to jest?")


def test_it_answers_ok_to_whoever_knows_the_secret_address():
    assert SmsApi.answer_hook() == ("text/plain", "OK")
    assert SmsApi({"token": "t"}, 5).verify_hook(make_call("MsgId=A1&status=404"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"sender": "Żółta Łódź"}, "sender"), ({"sender": "x" * 12}, "sender"), ({"token": "ż"}, "token")],
)
def test_it_refuses_fields_that_cannot_work(changes, field):
    assert list(SmsApi.find_faults({"token": "t", "sender": "Shop", **changes})) == [field]


def test_each_code_has_a_sentence():
    assert all(str(verdict.reason) for verdict in VERDICTS.values())
