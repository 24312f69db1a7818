"""A mailbox that stands still is told of in /healthz and across every page, whatever keeps it still."""

import datetime
from collections.abc import Iterator

import pytest
from django.utils import timezone

from messaging.gateways import polling
from messaging.gateways.models import Gateway
from messaging.worker.models import DrainSlot
from tests.gateways.imap_server import ImapServer
from tests.inbox.makers import logged_in
from tests.makers import make_gateway, make_user

pytestmark = pytest.mark.django_db
SENDING = {"host": "127.0.0.1", "port": "9", "security": "none", "sender": "orders@shop.example"}
STILL = "What customers write to “Shop&#x27;s mailbox” has not been read for 1"


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture
def gateway(imap: ImapServer) -> Gateway:
    now = timezone.now() + datetime.timedelta(minutes=1)
    DrainSlot.objects.create(host="one", number=0, beat_at=now, lease_until=now)
    gateway = make_gateway("smtp", config=SENDING | imap.config(), name="Shop's mailbox", timeout_seconds=3)
    polling.arrange_polls()
    polling.poll(gateway.pk)
    return gateway


def minutes_pass(minutes: float) -> None:
    for gateway in Gateway.objects.all():
        before = gateway.polled_at - datetime.timedelta(minutes=minutes)
        Gateway.objects.filter(pk=gateway.pk).update(polled_at=before)


def frame() -> str:
    return logged_in(make_user("Operator")).get("/inbox/").content.decode()


def test_a_mailbox_that_is_read_is_no_trouble(gateway, client):
    minutes_pass(5)
    assert (client.get("/healthz").status_code, client.get("/healthz").json()["lines"]) == (200, "ok")
    assert STILL not in frame()


@pytest.mark.parametrize("trouble", ["password", "letter", "program"])
def test_one_that_stands_still_is_told_of_until_it_is_read_again(imap, gateway, client, trouble, monkeypatch):
    if trouble == "password":
        imap.password = "another"
    elif trouble == "letter":
        imap.cut_at = {imap.put(b"From: a@example.pl\r\n\r\nx")}
    else:
        monkeypatch.setattr("messaging.gateways.adapters.email.mailbox.Mailbox.uids", lambda *_: 1 // 0)
    polling.poll(gateway.pk)
    minutes_pass(12)
    polling.poll(gateway.pk)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["lines"]) == (503, "down")
    [problem] = answer.json()["problems"]
    gateway.refresh_from_db()
    assert gateway.poll_problem
    assert problem.endswith(str(gateway.poll_problem))
    assert STILL in frame()
    imap.password, imap.cut_at = imap.config()["imap_password"], set()
    monkeypatch.undo()
    Gateway.objects.get().refresh_from_db()
    read_again(imap, gateway)
    assert client.get("/healthz").status_code == 200
    assert STILL not in frame()


def read_again(imap: ImapServer, gateway: Gateway) -> None:
    gateway.config = SENDING | imap.config()
    gateway.save(update_fields=["credentials"])
    polling.poll(gateway.pk)


def test_a_task_that_never_comes_back_is_told_of_too(gateway, client):
    minutes_pass(11)
    assert client.get("/healthz").json()["lines"] == "down"


def test_one_that_never_worked_is_told_of(imap, gateway, client):
    Gateway.objects.update(poll_at=None, polled_at=None)
    polling.arrange_polls()
    minutes_pass(11)
    assert client.get("/healthz").json()["lines"] == "down"


def test_one_that_is_switched_off_is_nobody_s_trouble(gateway, client):
    minutes_pass(60)
    Gateway.objects.update(is_on=False)
    assert client.get("/healthz").status_code == 200


def test_without_the_worker_that_alone_is_said(gateway, client):
    minutes_pass(60)
    DrainSlot.objects.update(beat_at=timezone.now() - datetime.timedelta(minutes=5))
    assert client.get("/healthz").json()["lines"] == "unknown"
    assert STILL not in frame()
