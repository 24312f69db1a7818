"""The first page: what waits and what is wrong, each a link to what it counts; and what to do first."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.models import Company
from locations.values.reasons import in_words
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots import reasons
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    user = make_user(is_superuser=True)
    client.force_login(user)
    return user


def make_message(state, **fields):
    return Message.objects.create(channel="sms", to="+48501234567", body="Hi", state=state, **fields)


def numbers(client):
    return {str(number["label"]): number["shown"] for number in client.get("/admin/").context["numbers"]}


def test_it_counts_what_waits_and_what_went_wrong(client, alice):
    now = timezone.now()
    make_message(MessageState.QUEUED, send_at=now - datetime.timedelta(minutes=5))
    make_message(MessageState.QUEUED, send_at=now + datetime.timedelta(hours=1))
    make_message(MessageState.IN_DOUBT)
    make_message(MessageState.HELD)
    make_message(MessageState.FAILED)
    make_message(MessageState.FAILED, created_at=now - datetime.timedelta(days=2))
    robot, order = make_robot(make_stages()["ready"]), make_order()
    for state in (StepState.HELD, StepState.PLANNED):
        RobotStep.objects.create(robot=robot, robot_name="r", order=order, once_key=state, due_at=now, state=state)
    assert numbers(client) == {
        "Due now": "1",
        "Oldest waiting, orders": "5 min",
        "Planned": "1",
        "In doubt": "1",
        "Held for approval": "2",
        "Failed today": "1",
        "Not told today": "0",
        "Unread chats": "0",
    }


def test_failed_today_opens_as_many_as_it_says(client, alice):
    make_message(MessageState.FAILED)
    make_message(MessageState.FAILED, created_at=timezone.now() - datetime.timedelta(days=2))
    number = next(one for one in client.get("/admin/").context["numbers"] if one["label"] == "Failed today")
    assert len(client.get(number["url"]).context["cl"].result_list) == int(number["shown"]) == 1


def make_step(robot, order, state, **fields):
    fields = {"due_at": timezone.now(), "finished_at": timezone.now(), **fields}
    key = f"{robot.pk} {order.pk} {state}"
    return RobotStep.objects.create(
        robot=robot, robot_name=robot.name, order=order, once_key=key, state=state, **fields
    )


def shown(client, label):
    number = next(one for one in client.get("/admin/").context["numbers"] if one["label"] == label)
    return number["shown"], [step.pk for step in client.get(number["url"]).context["cl"].result_list]


def test_who_was_not_told_today_is_counted_and_listed(client, alice):
    ready = make_stages()["ready"]
    robot, other = make_robot(ready), make_robot(ready)
    order, told, long_ago = make_order(), make_order(), make_order()
    untold = make_step(robot, order, StepState.SKIPPED, reason=reasons.NO_PHONE())
    make_step(robot, told, StepState.SKIPPED, reason=reasons.NO_EMAIL())
    make_step(other, told, StepState.DONE)
    make_step(robot, long_ago, StepState.EXPIRED, finished_at=timezone.now() - datetime.timedelta(days=2))
    assert shown(client, "Not told today") == ("1", [untold.pk])


def test_an_order_whose_customer_was_not_told_says_so_in_the_list(client, alice):
    robot = make_robot(make_stages()["ready"])
    make_step(robot, make_order(), StepState.SKIPPED, reason=reasons.NO_PHONE())
    page = client.get("/admin/orders/order/").content.decode()
    assert "not told" in page
    assert "There is no phone number in the order" in page
    RobotStep.objects.update(state=StepState.DONE)
    assert "not told" not in client.get("/admin/orders/order/").content.decode()


@pytest.mark.parametrize("state", [MessageState.REFUSED, MessageState.EXPIRED])
def test_a_message_that_did_not_go_out_told_nobody_in_number_and_list_alike(client, alice, state):
    robot, other = make_robot(make_stages()["ready"]), make_robot(make_stages()["ready"])
    order, told, again = make_order(), make_order(), make_order()
    messages = [make_message(state, order=one, reason=in_words("The address objects.")) for one in (order, told, again)]
    make_message(MessageState.SENT, order=again, resend_of=messages[2])
    steps = [
        make_step(robot, one, StepState.DONE, message=message)
        for one, message in zip((order, told, again), messages, strict=True)
    ]
    make_step(other, told, StepState.DONE, message=make_message(MessageState.SENT, order=told))
    assert shown(client, "Not told today") == ("1", [steps[0].pk])
    rows = client.get("/admin/orders/order/").context["cl"].result_list
    assert {row.pk: row.untold for row in rows} == {order.pk: "The address objects.", told.pk: "", again.pk: ""}


def test_where_one_way_was_skipped_and_the_other_failed_nobody_was_told(client, alice):
    robot, other = make_robot(make_stages()["ready"]), make_robot(make_stages()["ready"])
    order, alone = make_order(), make_order()
    skipped = make_step(robot, order, StepState.SKIPPED, reason=reasons.NO_EMAIL())
    make_step(other, order, StepState.DONE, message=make_message(MessageState.FAILED, order=order))
    make_step(robot, alone, StepState.DONE, message=make_message(MessageState.FAILED, order=alone))
    assert shown(client, "Not told today") == ("1", [skipped.pk])
    rows = client.get("/admin/orders/order/").context["cl"].result_list
    assert {row.pk: row.untold for row in rows} == {order.pk: str(reasons.NO_EMAIL()), alone.pk: ""}


def test_steps_that_were_due_and_still_wait_are_an_alarm(client, alice):
    robot, order = make_robot(make_stages()["ready"]), make_order()
    step = make_step(robot, order, StepState.PLANNED, due_at=timezone.now() - datetime.timedelta(minutes=5))
    assert shown(client, "Steps overdue") == ("1", [step.pk])


def test_a_gateway_that_fails_is_not_green(client, alice):
    make_gateway("smsapi", name="Shaky", failures_in_row=2, last_error=in_words("No answer."), config={"token": "x"})
    (card,) = client.get("/admin/").context["gateways"]
    assert (str(card["state"]), card["tone"], str(card["problem"])) == ("on, failing", "amber", "No answer.")


def test_every_number_is_a_link_that_opens(client, alice):
    for number in client.get("/admin/").context["numbers"]:
        assert client.get(number["url"]).status_code == 200, number


def test_a_fresh_installation_is_told_what_to_do_first(client, alice):
    steps = client.get("/admin/").context["first_steps"]
    assert [step["is_done"] for step in steps] == [True, False, False, False, False]
    for step in steps:
        assert client.get(step["url"], follow=True).status_code == 200, step
    make_gateway()
    make_robot(make_stages()["ready"])
    steps = client.get("/admin/").context["first_steps"]
    assert [step["is_done"] for step in steps] == [True, True, True, True, False]


def test_it_shows_a_paused_gateway_with_its_reason(client, alice):
    make_gateway(name="Twilio", paused_at=timezone.now(), pause_reason=in_words("No balance left."))
    page = client.get("/admin/").content.decode()
    assert "paused" in page
    assert "No balance left." in page


def test_the_switch_stands_there_for_those_who_may_use_it(client, alice):
    assert "Stop all sending" in client.get("/admin/").content.decode()
    Company.current()
    Company.objects.update(is_sending_stopped=True)
    assert "Resume sending" in client.get("/admin/").content.decode()
    client.force_login(make_user("Dispatcher"))
    assert "Resume sending" not in client.get("/admin/").content.decode()


def test_a_user_without_any_right_sees_an_empty_page(client):
    client.force_login(make_user())
    answer = client.get("/admin/")
    assert answer.status_code == 200
    assert "numbers" not in answer.context


def test_it_asks_the_database_as_often_whatever_waits(client, alice):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/admin/")
        return len(seen)

    client.get("/admin/")
    few = queries()
    for _ in range(30):
        make_message(MessageState.FAILED)
        make_gateway()
    assert queries() == few
