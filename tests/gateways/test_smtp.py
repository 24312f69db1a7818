"""The SMTP adapter against a real mail server."""

import asyncio
import socket

import pytest

from messaging.gateways.adapters import Accepted, Fault, Outcome, Parcel, Refused, Unknown
from messaging.gateways.adapters.email import smtp, smtp_pool
from messaging.gateways.adapters.email.smtp import THREADS, Smtp
from tests.gateways.smtp_server import SmtpServer

KEY = "7b0c7d4e-0d55-4a3e-9d0e-2f0f3a1b2c3d"


@pytest.fixture
def server():
    with SmtpServer() as running:
        yield running


def make_parcel(to: str = "alice@example.com", **changes) -> Parcel:
    fields = {"key": KEY, "channel": "email", "to": to, "subject": "Zamówienie A-17", "body": "Już jedzie.\n"}
    return Parcel(**{**fields, **changes})


def send(config: dict[str, str], *parcels: Parcel, timeout: float = 5, pause: float | None = None) -> list[Outcome]:
    """The outcomes of letters sent through one adapter: all at once, or one by one with a `pause` (seconds) between."""

    async def send_all() -> list[Outcome]:
        adapter = Smtp(config, timeout)
        try:
            if pause is None:
                return await asyncio.gather(*(adapter.send(parcel) for parcel in parcels))
            outcomes = []
            for parcel in parcels:
                outcomes.append(await adapter.send(parcel))
                await asyncio.sleep(pause)
            return outcomes
        finally:
            await adapter.close()

    return asyncio.run(send_all())


def test_it_hands_over_a_letter(server):
    [outcome] = send(server.config(reply_to="office@shop.example"), make_parcel())
    assert isinstance(outcome, Accepted)
    [letter] = server.letters
    assert letter["Subject"] == "Zamówienie A-17"
    assert letter.get_content() == "Już jedzie.\r\n"
    assert letter["From"] == "Żółta Łódź <orders@shop.example>"
    assert letter["Reply-To"] == "office@shop.example"
    assert letter["To"] == "alice@example.com"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert server.recipients == ["alice@example.com"]


def test_its_letter_has_the_same_number_on_each_try(server):
    send(server.config(), make_parcel(), make_parcel(), pause=0)
    assert [letter["Message-ID"] for letter in server.letters] == [f"<{KEY}@shop.example>"] * 2


def test_its_subject_cannot_bring_in_headers(server):
    send(server.config(), make_parcel(subject="Hello\r\nBcc: eve@example.com\n\n<p>"))
    [letter] = server.letters
    assert letter["Subject"] == "Hello Bcc: eve@example.com <p>"
    assert letter["Bcc"] is None
    assert server.recipients == ["alice@example.com"]


@pytest.mark.parametrize(
    "parcel",
    [
        make_parcel("alice@example.com\nbcc: eve@example.com"),
        make_parcel(headers={"List-Unsubscribe": "<https://shop.example/u/1>\r\nBcc: eve@example.com"}),
    ],
)
def test_it_refuses_line_breaks_in_other_headers(server, parcel):
    [outcome] = send(server.config(), parcel)
    assert isinstance(outcome, Refused)
    assert outcome.permanent
    assert server.letters == []


@pytest.mark.parametrize(
    ("mailbox", "code", "permanent", "fault"),
    [
        ("unknown", "550", True, Fault.RECIPIENT),
        ("busy", "450", False, Fault.PROVIDER),
        ("spam", "554", True, Fault.UNKNOWN),
        ("full", "452", False, Fault.PROVIDER),
    ],
)
def test_it_says_whose_fault_a_refusal_is(server, mailbox, code, permanent, fault):
    [outcome] = send(server.config(), make_parcel(f"{mailbox}@example.com"))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent, outcome.fault) == (code, permanent, fault)
    assert not outcome.pauses_gateway
    assert server.letters == []


def test_it_knows_a_mailbox_that_does_not_exist_from_one_that_is_busy(server):
    outcomes = send(server.config(), *(make_parcel(f"{name}@example.com") for name in ("unknown", "busy", "spam")))
    assert [outcome.is_address_dead for outcome in outcomes] == [True, False, False]


def test_it_goes_on_after_a_refusal(server):
    outcomes = send(server.config(), make_parcel("unknown@example.com"), make_parcel(), pause=0)
    assert isinstance(outcomes[1], Accepted)


def test_it_is_in_doubt_when_the_connection_ends_after_the_text(server):
    [outcome] = send(server.config(), make_parcel("cut@example.com"))
    assert isinstance(outcome, Unknown)


def test_it_knows_that_nothing_left_when_the_connection_ends_before_the_text(server):
    [outcome] = send(server.config(), make_parcel("cut-early@example.com"))
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.fault) == (False, Fault.PROVIDER)


def test_it_is_in_doubt_when_the_server_does_not_confirm_in_time():
    with SmtpServer(silence=1.5) as server:
        [outcome] = send(server.config(), make_parcel("slow@example.com"), timeout=0.5)
    assert isinstance(outcome, Unknown)


def test_a_letter_given_up_before_its_text_left_never_leaves():
    with SmtpServer(silence=1) as server:
        [outcome] = send(server.config(), make_parcel("slow-early@example.com"), timeout=0.5)
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.fault) == (False, Fault.PROVIDER)
    assert server.letters == []


def test_letters_for_which_no_connection_was_free_do_not_count_as_tried():
    with SmtpServer(silence=6) as server:
        outcomes = send(server.config(), *[make_parcel("slow-early@example.com")] * (THREADS + 4), timeout=4)
    not_begun = [outcome for outcome in outcomes if outcome.fault == Fault.US and outcome.retry_after == 0]
    assert len(not_begun) >= 4
    assert server.letters == []


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
def test_it_knows_that_an_unreachable_server_took_nothing(host):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, but not listening
        config = {"host": host, "port": str(nobody.getsockname()[1]), "security": "none", "sender": "a@shop.example"}
        [outcome] = send(config, make_parcel())
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.fault, outcome.pauses_gateway) == (False, Fault.PROVIDER, False)


@pytest.fixture
def guarded_server(monkeypatch):
    """Wants STARTTLS and a login; its certificate is trusted."""
    with SmtpServer(requires_login=True) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        yield running


def test_it_encrypts_and_logs_in(guarded_server):
    [outcome] = send(guarded_server.config(), make_parcel())
    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_it_logs_in_with_a_password_that_is_not_ascii(monkeypatch, mechanism):
    with SmtpServer(requires_login=True, password="Zażółć gęślą jaźń", mechanisms=(mechanism,)) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        [outcome] = send(server.config(), make_parcel())
        assert isinstance(outcome, Accepted)
        [refused] = send(server.config(password="Zażółć"), make_parcel())
    assert isinstance(refused, Refused)
    assert refused.pauses_gateway


def test_its_key_stands_in_a_header_and_in_the_envelope(server):
    parcel = make_parcel()
    send(server.config(), parcel)
    assert server.letters[0]["X-Gonets-Message"] == parcel.key
    assert server.envelope_ids == []  # this one does not take it
    with SmtpServer(offers_dsn=True) as other:
        send(other.config(), parcel)
        assert other.envelope_ids == [parcel.key]


def test_letters_come_back_to_the_sender_unless_plus_addresses_are_switched_on(server):
    parcel = make_parcel()
    send(server.config(), parcel)
    send(server.config(returns_to="plus"), parcel)
    assert server.senders == ["orders@shop.example", f"orders+{parcel.key}@shop.example"]
    assert [letter["From"].addresses[0].addr_spec for letter in server.letters] == ["orders@shop.example"] * 2


def test_a_plus_address_has_room_for_the_number():
    fields = {"host": "a.example", "port": "25", "returns_to": "plus"}
    assert "returns_to" in Smtp.find_faults({**fields, "sender": f"{'a' * 28}@shop.example"})
    assert not Smtp.find_faults({**fields, "sender": f"{'a' * 27}@shop.example"})


@pytest.mark.parametrize("body", ["Zażółć gęślą jaźń " * 60, "Ваш заказ в пути " * 60])
def test_its_letters_are_seven_bits_wide(server, body):
    """Not every server takes eight, and what one of them rewrites loses its signature."""
    send(server.config(), make_parcel(body=body))
    assert server.contents[0].isascii()
    assert server.letters[0].get_content().strip() == body.strip()


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"username": "", "password": ""}])
def test_it_stops_the_gateway_when_the_login_is_wrong(guarded_server, changes):
    [outcome] = send(guarded_server.config(**changes), make_parcel())
    assert isinstance(outcome, Refused)
    assert (outcome.pauses_gateway, outcome.permanent, outcome.fault) == (True, False, Fault.US)


def test_it_never_gives_the_password_to_a_server_without_a_valid_certificate():
    with SmtpServer(requires_login=True) as server:
        [outcome] = send(server.config(), make_parcel())
    assert isinstance(outcome, Refused)
    assert (outcome.pauses_gateway, outcome.permanent) == (True, False)
    assert "certificate" in str(outcome.reason)


@pytest.mark.parametrize("changes", [{"sender": "stranger@shop.example"}, {"security": "starttls"}])
def test_it_stops_the_gateway_when_every_letter_would_be_refused(server, changes):
    [outcome] = send(server.config(**changes), make_parcel())
    assert isinstance(outcome, Refused)
    assert (outcome.pauses_gateway, outcome.permanent) == (True, False)


def test_it_says_that_the_port_speaks_no_encryption(server):
    [outcome] = send(server.config(security="ssl"), make_parcel())
    assert isinstance(outcome, Refused)
    assert not outcome.permanent


def test_it_keeps_its_connections(server):
    outcomes = send(server.config(), *(make_parcel(key=str(number)) for number in range(60)))
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert len(server.letters) == 60
    assert server.connections <= THREADS


def test_it_lets_go_of_a_connection_that_is_not_needed(server, monkeypatch):
    monkeypatch.setattr(smtp_pool, "IDLE_SECONDS", 0)
    monkeypatch.setattr(smtp, "REST_CHECK_SECONDS", 0.05)

    async def send_and_wait() -> None:
        adapter = Smtp(server.config(), timeout=5)
        await adapter.send(make_parcel())
        while not server.goodbyes:
            await asyncio.sleep(0.02)
        await adapter.close()

    asyncio.run(asyncio.wait_for(send_and_wait(), 30))
    assert server.goodbyes == 1


def test_it_survives_a_server_that_hangs_up_after_each_letter():
    with SmtpServer(is_rude=True) as server:
        outcomes = send(server.config(), *(make_parcel(key=str(number)) for number in range(3)), pause=0.15)
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert len(server.letters) == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"port": "70000"}, "port"),
        ({"host": "https://smtp.example.com"}, "host"),
        ({"username": "shop"}, "password"),
        ({"sender": "zamówienia@shop.example"}, "sender"),
    ],
)
def test_it_refuses_fields_that_cannot_work(changes, field):
    config = {"host": "smtp.example.com", "port": "587", "security": "starttls", "sender": "a@shop.example"}
    assert list(Smtp.find_faults({**config, **changes})) == [field]
