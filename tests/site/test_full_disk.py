"""No space left: pages and /healthz say so in a sentence, the worker in its log; with space again all goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from messaging.gateways.models import Gateway, HookEvent
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from messaging.worker.dispatcher import Dispatcher
from notify_site.serving import health
from tests.makers import make_gateway, make_user
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = "The disk is full: nothing can be written until there is space again."
TRIGGER = """
CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_space BEFORE INSERT OR UPDATE ON gateways_hookevent FOR EACH ROW EXECUTE FUNCTION no_space();
"""


@contextmanager
def full_disk() -> Iterator[None]:
    """The database may not grow by a page (SQLite), or says so where calls of providers are kept (PostgreSQL)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA max_page_count = 1")  # not below what it has already
        else:
            cursor.execute(TRIGGER)
        try:
            yield
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA max_page_count = 4294967294")
            else:
                cursor.execute("DROP TRIGGER no_space ON gateways_hookevent; DROP FUNCTION no_space()")


def call(client: Client, gateway: Gateway, number: int):
    """A provider calls with 60 KB; free pages of the database take some of them."""
    return client.post(f"/hooks/{gateway.hook_key}/", f"{number}".ljust(60_000), content_type="text/plain")


def test_a_page_says_that_the_disk_is_full_and_a_provider_is_asked_to_call_again():
    client = Client(raise_request_exception=False)
    gateway = make_gateway("smsapi", config={"token": "secret"})
    with full_disk():
        refused = next(answer for n in range(1000) if (answer := call(client, gateway, n)).status_code != 200)
        kept = HookEvent.objects.count()
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert SENTENCE in refused.content.decode()
    assert "Traceback" not in refused.content.decode()
    assert call(client, gateway, 1000).status_code == 200
    assert HookEvent.objects.count() == kept + 1


def test_the_worker_says_it_in_its_log_and_goes_on_when_there_is_space(caplog, monkeypatch):
    make_gateway("sandbox_sms")
    queue_messages([Message(channel="sms", to="+48501234567", body="Hello")])
    broker = Dispatcher()
    with monkeypatch.context() as patch:
        patch.setattr("messaging.worker.dispatcher.AFTER_ERROR_SECONDS", 0)
        patch.setattr("messaging.worker.dispatcher.take_slot", lambda now: full())
        assert broker.dequeue() is None
    assert f"{SENTENCE} (database or disk is full) Trying again." in caplog.text
    run_worker()
    assert received() == [("+48501234567", "Hello")]
    assert Message.objects.get().state == MessageState.DELIVERED


def full() -> None:
    raise OperationalError("database or disk is full")


def test_healthz_and_every_page_warn_before_the_last_byte_is_taken(client, monkeypatch):
    monkeypatch.setattr(health, "LEAST_MEGABYTES", 2**40)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["problems"][0].startswith("The disk with the data folder is full: ")
    client.force_login(make_user(is_superuser=True))
    assert "The disk with the data folder is full: " in client.get(reverse("admin:index")).content.decode()


def test_a_database_that_is_away_is_no_fault_of_ours(client, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("messaging.gateways.calls.hooks.store", away)
    gateway = make_gateway("smsapi", config={"token": "secret"})
    answer = call(Client(raise_request_exception=False), gateway, 1)
    assert answer.status_code == 503
    assert "The database does not answer." in answer.content.decode()
