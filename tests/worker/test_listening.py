"""The change listener: a hint that comes with another connection's commit, and no harm where it cannot come."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from messaging.inbox.live import log
from messaging.inbox.live.publish import publish
from messaging.inbox.models import EventKind
from messaging.worker.changes import ChangeListener, tell
from tests.makers import make_department

pytestmark = pytest.mark.django_db(transaction=True)
NO_NAME = "no name of a channel"
"""To listen to it is refused by the server, as a pooler refuses all listening."""


def make_listener(channel: str = "gonets_test") -> ChangeListener:
    """One that has heard everything until now."""
    listener = ChangeListener(channel, glance=0.01)
    while listener.wait(0.05):
        pass
    return listener


def elsewhere(work) -> None:
    """Does it in another connection, as another process would."""

    def run() -> None:
        work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def write() -> None:
    with transaction.atomic():
        make_department()
        tell("gonets_test")


def test_it_hears_what_another_connection_wrote_once():
    listener = make_listener()
    elsewhere(write)
    assert listener.wait(5)
    assert not listener.wait(0.05)


def test_it_hears_nothing_of_what_was_not_committed():
    listener = make_listener()

    def write_in_vain() -> None:
        with transaction.atomic():
            write()
            transaction.set_rollback(True)

    elsewhere(write_in_vain)
    assert not listener.wait(0.05)


def test_it_hears_by_a_new_connection_without_being_asked():
    listener = make_listener()
    connection.close()
    while listener.wait(0.05):
        pass
    elsewhere(write)
    assert listener.wait(5)


def test_where_listening_is_forbidden_it_waits_and_lets_its_loop_look(caplog):
    listener = make_listener(NO_NAME)
    assert not listener.wait(0.05)
    assert make_department().pk
    refused = [record for record in caplog.records if "looks by itself" in record.getMessage()]
    assert len(refused) == (connection.vendor == "postgresql")  # said once, not at each look; SQLite forbids nothing


def test_where_listening_is_forbidden_open_pages_hear_all_the_same(monkeypatch):
    monkeypatch.setattr(log, "CHANNEL", NO_NAME)
    feed = log.Feed()
    feed.start()
    elsewhere(lambda: publish(EventKind.SETTINGS))
    told, _unread = feed.next()
    feed.stop()
    assert [one.kind for one in told] == [EventKind.SETTINGS]


def test_a_connection_that_was_cut_is_the_database_being_away_until_there_is_a_new_one():
    listener = make_listener()
    cut()
    with pytest.raises(DatabaseError):
        listener.wait(5)
    connection.close()
    while listener.wait(0.05):
        pass
    elsewhere(write)
    assert listener.wait(5)


def cut() -> None:
    if connection.vendor != "postgresql":
        connection.connection.close()
        return
    with connection.cursor() as cursor:
        pid = cursor.execute("SELECT pg_backend_pid()").fetchone()[0]
    elsewhere(lambda: connection.cursor().execute("SELECT pg_terminate_backend(%s)", [pid]))
