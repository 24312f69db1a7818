"""What is held for approval: sent after all or discarded, many at once, by those who may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.values.reasons import in_words
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots.models import Robot, RobotStep
from messaging.robots.states import StepState
from orders.models import Order
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user
from tests.site.pages import sentences

pytestmark = pytest.mark.django_db
HELD = "/admin/robots/robotstep/held/"


@pytest.fixture
def alice(client):
    user = make_user(username="alice", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def step() -> RobotStep:
    robot, order = make_robot(make_stages()["ready"]), make_order(number="2026/1")
    return RobotStep.objects.create(
        robot=robot, robot_name="Ready", order=order, once_key="a", due_at=timezone.now(), state=StepState.HELD
    )


@pytest.fixture
def message(step) -> Message:
    return Message.objects.create(
        order=step.order, channel="sms", to="+48501234567", body="Ready", state=MessageState.HELD
    )


def states(step, message):
    step.refresh_from_db()
    message.refresh_from_db()
    return step.state, message.state


def test_it_shows_steps_and_messages(client, alice, step, message):
    page = client.get(HELD).content.decode()
    assert page.count("2026/1") == 2
    assert "+48 501 *** 567" in page


def test_a_step_shows_who_would_get_which_words(client, alice, step):
    make_gateway("sandbox_sms")
    Robot.objects.update(delivery_only=False)
    Order.objects.update(contact_phone="+48501234567")
    page = client.get(HELD).content.decode()
    assert step.order.client.name in page
    assert "Order 2026/1" in page  # the filled text
    assert "+48 501 *** 567" in page
    step.refresh_from_db()
    assert (step.state, step.is_approved) == (StepState.HELD, False)


def test_a_step_that_could_not_go_out_says_so_before_anybody_approves_it(client, alice, step):
    make_gateway("sandbox_sms")
    page = client.get(HELD).content.decode()
    assert "Even if approved, nothing would go out: " in page
    assert "phone" in page


def test_many_held_steps_are_shown_by_few_queries(client, alice, step):
    make_gateway("sandbox_sms")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(HELD)
        return len(seen)

    few = queries()
    for number in range(20):
        values = {"robot": step.robot, "robot_name": "Ready", "due_at": step.due_at, "state": StepState.HELD}
        RobotStep.objects.create(order=make_order(), once_key=f"b{number}", **values)
    assert queries() <= few + 1


def test_the_chosen_ones_go_out_after_all(client, alice, step, message):
    answer = client.post(HELD, {"approve": "1", "step": [step.pk], "message": [message.pk]}, follow=True)
    assert "2 messages go out." in sentences(answer)
    assert states(step, message) == (StepState.PLANNED, MessageState.QUEUED)
    assert step.is_approved
    assert message.is_approved


def test_the_chosen_ones_are_discarded_with_the_name_of_who_did_it(client, alice, step, message):
    client.post(HELD, {"discard": "1", "step": [step.pk]})
    assert states(step, message) == (StepState.CANCELLED, MessageState.HELD)
    assert str(step.reason) == "Late, discarded by alice."


def test_nothing_chosen_is_nothing_done(client, alice, step, message):
    assert "Nothing was chosen." in sentences(client.post(HELD, {"approve": "1", "step": ["x"]}, follow=True))
    assert states(step, message) == (StepState.HELD, MessageState.HELD)


def test_what_is_not_held_is_left_alone(client, alice, step, message):
    RobotStep.objects.update(state=StepState.DONE)
    client.post(HELD, {"discard": "1", "step": [step.pk]})
    assert states(step, message)[0] == StepState.DONE


def test_who_may_not_decide_only_looks(client, step, message):
    client.force_login(make_user("Seller"))
    assert client.get(HELD).status_code == 200
    assert client.post(HELD, {"approve": "1", "step": [step.pk]}).status_code == 403
    assert states(step, message)[0] == StepState.HELD


def test_an_empty_page_says_so(client, alice):
    assert "Nothing is held" in client.get(HELD).content.decode()


def test_the_list_of_steps_shows_reasons_and_cancels_what_waits(client, alice, step):
    RobotStep.objects.update(state=StepState.POSTPONED, reason=in_words("The driver's app is not live."))
    page = client.get("/admin/robots/robotstep/", {"waiting": "yes"}).content.decode()
    assert "The driver&#x27;s app is not live." in page
    client.post("/admin/robots/robotstep/", {"action": "cancel_chosen", "_selected_action": [step.pk]})
    step.refresh_from_db()
    assert (step.state, str(step.reason)) == (StepState.CANCELLED, "Cancelled by alice.")
