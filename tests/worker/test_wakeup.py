"""The dispatcher is woken by what is queued, and looks by itself when nothing can wake it."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from messaging.outbox.models import Message
from messaging.outbox.queue import actions
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from messaging.worker.wakeup import Ear
from orders.moves import move_to
from tests.makers import make_gateway, make_order, make_robot, make_stages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ear():
    ear = Ear()
    ear.wait()  # from now on it hears
    ear.wait()
    ear.was_woken = False
    return ear


def elsewhere(work) -> None:
    """Does it in another connection, as another process would."""

    def run() -> None:
        work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_it_is_woken_by_a_message(ear):
    make_gateway()
    ear.wait()
    elsewhere(lambda: queue_messages([Message(channel="sms", to="+48501234567", body="Hello")]))
    ear.wait()
    assert ear.was_woken


def test_it_is_woken_by_an_order_that_moves(ear):
    stages = make_stages()
    make_robot(stages["ready"])
    order = make_order()
    ear.wait()
    elsewhere(lambda: move_to(order, stages["ready"]))
    ear.wait()
    assert ear.was_woken


def test_it_is_woken_by_what_is_approved_and_by_what_is_tried_at_once(ear):
    make_gateway()
    later = timezone.now() + datetime.timedelta(hours=1)
    queue_messages([Message(channel="sms", to="+48501234567", body="Hello", send_at=later)])
    Message.objects.create(channel="sms", to="+48501234567", body="Hello", state=MessageState.HELD)
    for work in (actions.try_now, actions.approve):
        ear.wait()
        ear.was_woken = False
        elsewhere(lambda work=work: work(Message.objects.all()))
        ear.wait()
        assert ear.was_woken


def test_it_sleeps_while_nothing_happens(ear):
    ear.wait()
    assert not ear.was_woken


def test_it_listens_again_on_a_new_connection(ear):
    connection.close()
    ear.wait()
    make_gateway()
    ear.wait()
    elsewhere(lambda: queue_messages([Message(channel="sms", to="+48501234567", body="Hello")]))
    ear.wait()
    assert ear.was_woken
