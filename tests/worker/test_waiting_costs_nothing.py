"""What waits is not looked at: the dispatcher asks many times a second, and a campaign may wait for days."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from locations.models import Company
from locations.values.reasons import in_words
from messaging.outbox.models import Message
from messaging.outbox.sending.due import STRAYS
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.worker.clock import database_now
from messaging.worker.due import free_slot_with_work, what_is_due
from messaging.worker.slots import host_name, prepare_slots
from notify_site.serving.health import Health
from tests.makers import make_gateway, make_order, make_robot, make_stages
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
MANY = 3000
SPARE = 30  # an index grows by a level now and then; to walk them all takes hundreds
HOUR = datetime.timedelta(hours=1)


def queue(gateway, count, **fields):
    Message.objects.bulk_create(
        Message(gateway=gateway, channel="sms", to=f"+48501{number:06}", body="Hello", **fields)
        for number in range(count)
    )


def plan(count, due_at):
    order, robot = make_order(notify=False), make_robot(make_stages()["ready"])
    RobotStep.objects.bulk_create(
        RobotStep(robot=robot, robot_name="r", order=order, once_key=f"x{number}", due_at=due_at)
        for number in range(count)
    )


def paused():
    return make_gateway(paused_at=timezone.now(), pause_reason=in_words("The account is empty."))


def resting():
    return make_gateway(resting_until=timezone.now() + HOUR)


def stop_all():
    Company.current()
    Company.objects.update(is_sending_stopped=True)
    return make_gateway()


def look():
    return free_slot_with_work(host_name(), timezone.now(), database_now())


def steps_of(ask) -> int:
    """What it takes to answer: hundreds of instructions of SQLite's machine, blocks that PostgreSQL looks at."""
    if connection.vendor == "postgresql":
        return blocks_of(ask)
    taken = []
    connection.connection.set_progress_handler(lambda: taken.append(1), 100)
    try:
        ask()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return len(taken)


def blocks_of(ask) -> int:
    taken = []

    def explain(execute, sql, params, many, context):
        if sql.startswith("SELECT"):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0][0]["Plan"]
            taken.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        ask()
    return sum(taken)


@pytest.mark.parametrize("make", [paused, resting, stop_all])
def test_a_queue_that_cannot_go_is_not_walked(make):
    prepare_slots()
    gateway = make()
    queue(gateway, 2)
    few = steps_of(look)
    queue(gateway, MANY)
    assert look() is None
    assert steps_of(look) <= few + SPARE
    assert steps_of(lambda: Health.measure(timezone.now())) <= 60


def test_a_campaign_that_is_being_sent_is_not_walked():
    prepare_slots()
    gateway = make_gateway()
    queue(gateway, 2)
    few = steps_of(lambda: what_is_due(timezone.now(), database_now()))
    queue(gateway, MANY)
    assert steps_of(lambda: what_is_due(timezone.now(), database_now())) <= few + SPARE


def test_messages_and_steps_of_later_are_not_walked():
    prepare_slots()
    later = timezone.now() + HOUR
    few = steps_of(look)
    queue(make_gateway(), MANY, send_at=later)
    plan(MANY, later)
    assert look() is None
    assert steps_of(look) <= few + SPARE


def test_due_steps_are_not_walked_while_all_sending_is_stopped():
    prepare_slots()
    stop_all()
    few = steps_of(look)
    plan(MANY, timezone.now() - HOUR)
    assert look() is None
    assert steps_of(look) <= few + SPARE


def test_messages_of_a_gateway_that_is_off_or_gone_find_another_one():
    queue(make_gateway(is_on=False), 3)
    queue(None, 2)
    assert what_is_due(timezone.now(), database_now()) >= {STRAYS}
    other = make_gateway()
    run_worker()
    assert Message.objects.filter(gateway=other).count() == 5
    assert not Message.objects.filter(state=MessageState.QUEUED).exists()


def test_nothing_is_given_to_another_gateway_while_all_sending_is_stopped():
    off = make_gateway(is_on=False)
    queue(off, 3)
    stop_all()
    assert STRAYS not in what_is_due(timezone.now(), database_now())
    run_worker()
    assert Message.objects.filter(state=MessageState.QUEUED, gateway=off).count() == 3
