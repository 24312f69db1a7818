"""A robot that keeps waiting when the order moves on tells once, however often the order comes back (decision 21)."""

import datetime

import pytest
import time_machine

from messaging.outbox.models import Message
from messaging.robots.models import RobotStep
from orders.moves import move_orders, move_to
from tests.imports.sending import table, upload
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user
from tests.running_worker import received, run_worker
from tests.site.pages import save

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 4, 12, tzinfo=datetime.UTC)
PHONE = "+48501234567"


@pytest.fixture
def stages():
    make_gateway()
    return make_stages()


def there_and_back(order, stages, times=1):
    for _time in range(times):
        move_to(order, stages["preparing"])
        move_to(order, stages["ready"])


def test_while_the_first_waits_coming_back_plans_no_second(stages):
    make_robot(stages["ready"], delay_minutes=10, keep_waiting=True)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False) as clock:
        move_to(order, stages["ready"])
        clock.shift(datetime.timedelta(minutes=5))
        there_and_back(order, stages, times=3)
        for _look in range(3):
            clock.shift(datetime.timedelta(minutes=6))
            run_worker()
    assert len(received()) == 1


def test_after_the_first_told_coming_back_tells_nothing(stages, client):
    make_robot(stages["ready"], keep_waiting=True)
    order = make_order(contact_phone=PHONE)
    move_to(order, stages["ready"])
    run_worker()
    client.force_login(make_user(is_superuser=True))
    for stage in ("preparing", "ready"):
        save(client, f"/admin/orders/order/{order.pk}/change/", new_stage=str(stages[stage].pk))
    run_worker()
    assert len(received()) == 1
    assert RobotStep.objects.count() == 1


def test_where_the_first_could_not_tell_coming_back_does(stages):
    make_robot(stages["ready"], keep_waiting=True, validity_minutes=20)
    order = make_order(contact_phone=PHONE)
    with time_machine.travel(NOON, tick=False) as clock:
        move_to(order, stages["ready"])
        clock.shift(datetime.timedelta(minutes=25))  # nobody worked: too late
        run_worker()
        there_and_back(order, stages)
        run_worker()
    assert len(received()) == 1


def test_a_message_that_told_nobody_does_not_count(stages):
    make_robot(stages["ready"], keep_waiting=True)
    order = make_order(contact_phone=PHONE)
    move_to(order, stages["ready"])
    run_worker()
    Message.objects.update(state="refused")
    there_and_back(order, stages)
    run_worker()
    assert len(received()) == 2


def test_a_robot_that_does_not_keep_waiting_tells_of_each_visit(stages):
    make_robot(stages["ready"])
    order = make_order(contact_phone=PHONE)
    move_to(order, stages["ready"])
    run_worker()
    there_and_back(order, stages)
    run_worker()
    assert len(received()) == 2


def test_the_preview_of_a_file_foretells_no_second(stages, client):
    client.force_login(make_user(is_superuser=True))
    make_robot(stages["ready"], delay_minutes=10, keep_waiting=True)
    order = make_order(contact_phone=PHONE, source="file", number="K-1")
    move_to(order, stages["ready"])
    move_to(order, stages["preparing"])
    place = {"clientName": order.location.client_name, "address": order.location.address}
    run = upload(client, table({"orderNumber": "K-1", "stage": stages["ready"].name, **place}), notify="on")
    assert run.preview["updated"] == 1
    assert not run.preview.get("will_follow")


def test_many_orders_ask_one_question(stages, django_assert_max_num_queries):
    make_robot(stages["ready"], delay_minutes=10, keep_waiting=True)
    counts = []
    for many in (2, 20):
        orders = [make_order() for _one in range(many)]
        move_orders([(order, stages["ready"]) for order in orders])
        move_orders([(order, stages["preparing"]) for order in orders])
        with django_assert_max_num_queries(100) as asked:
            move_orders([(order, stages["ready"]) for order in orders])
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert RobotStep.objects.count() == 22
