"""What is held for approval: sent after all or discarded, many at once, by those who may."""

import pytest
from django.utils import timezone

from messaging.outbox.models import Message, MessageState
from messaging.robots.models import RobotRun, StepState
from tests.makers import make_order, make_robot, make_stages, make_user
from tests.site.pages import sentences

pytestmark = pytest.mark.django_db
HELD = "/admin/robots/robotrun/held/"


@pytest.fixture
def alice(client):
    user = make_user(username="alice", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def step() -> RobotRun:
    robot, order = make_robot(make_stages()["ready"]), make_order(number="2026/1")
    return RobotRun.objects.create(
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


def test_the_chosen_ones_go_out_after_all(client, alice, step, message):
    answer = client.post(HELD, {"approve": "1", "step": [step.pk], "message": [message.pk]}, follow=True)
    assert "2 messages go out." in sentences(answer)
    assert states(step, message) == (StepState.PLANNED, MessageState.QUEUED)
    assert step.is_approved
    assert message.is_approved


def test_the_chosen_ones_are_discarded_with_the_name_of_who_did_it(client, alice, step, message):
    client.post(HELD, {"discard": "1", "step": [step.pk]})
    assert states(step, message) == (StepState.CANCELLED, MessageState.HELD)
    assert step.reason == "Late, discarded by alice."


def test_nothing_chosen_is_nothing_done(client, alice, step, message):
    assert "Nothing was chosen." in sentences(client.post(HELD, {"approve": "1", "step": ["x"]}, follow=True))
    assert states(step, message) == (StepState.HELD, MessageState.HELD)


def test_what_is_not_held_is_left_alone(client, alice, step, message):
    RobotRun.objects.update(state=StepState.DONE)
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
    RobotRun.objects.update(state=StepState.POSTPONED, reason="The driver's app is not live.")
    page = client.get("/admin/robots/robotrun/", {"waiting": "yes"}).content.decode()
    assert "The driver&#x27;s app is not live." in page
    client.post("/admin/robots/robotrun/", {"action": "cancel_chosen", "_selected_action": [step.pk]})
    step.refresh_from_db()
    assert (step.state, step.reason) == (StepState.CANCELLED, "Cancelled by alice.")
