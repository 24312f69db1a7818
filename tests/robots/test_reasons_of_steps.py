"""Why steps told nobody: the list is filtered by it, and says what to do about it."""

import pytest
from django.utils import timezone

from locations.values.reasons import in_words
from messaging.robots import reasons
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from orders.moves import move_to
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_template, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
LIST = "/admin/robots/robotstep/"


@pytest.fixture
def alice(client):
    client.force_login(make_user(is_superuser=True))
    return client


def make_step(reason) -> RobotStep:
    number = RobotStep.objects.count()
    return RobotStep.objects.create(
        robot_name=f"Robot {number}",
        order=make_order(notify=False),
        once_key=str(number),
        state=StepState.SKIPPED,
        reason=reason,
        due_at=timezone.now(),
        finished_at=timezone.now(),
    )


def test_the_list_is_filtered_by_why_whatever_the_values_are(alice):
    numbers = ["+48221234567", "+48221234568"]
    landlines = [make_step(reasons.NO_MOBILE(number=number)) for number in numbers]
    make_step(reasons.NO_PHONE())
    found = alice.get(LIST, {"reason": "robots.no_mobile"}).context["cl"].result_list
    assert {step.pk for step in found} == {step.pk for step in landlines}


def test_it_offers_the_reasons_that_occur_by_what_is_common_to_them(alice):
    make_step(reasons.NO_MOBILE(number="+48221234567"))
    make_step(reasons.NO_PHONE())
    make_step(in_words("Something of long ago."))
    page = alice.get(LIST).content.decode()
    assert "The number cannot receive SMS: it is not a mobile number." in page
    assert 'value="told.words"' in page
    assert 'value="robots.no_phone"' in page
    assert 'value="robots.no_email"' not in page


@pytest.mark.parametrize("code", ["robots.no_email", "robots", "x" * 9000])
def test_a_reason_that_does_not_occur_filters_nothing(alice, code):
    step = make_step(reasons.NO_PHONE())
    assert [row.pk for row in alice.get(LIST, {"reason": code}).context["cl"].result_list] == [step.pk]


def test_list_and_time_line_say_what_to_do(alice):
    step = make_step(reasons.NO_PHONE())
    remedy = "Write the number into the order or the client&#x27;s card."
    assert f'title="{remedy}"' in alice.get(LIST).content.decode()
    assert remedy in alice.get(f"/admin/orders/order/{step.order_id}/change/").content.decode()


def test_a_waiting_step_says_what_to_do_before_its_moment_comes(alice):
    stages = make_stages()
    make_gateway("sandbox_sms")
    make_robot(stages["ready"], delay_minutes=60)
    order = make_order()
    move_to(order, stages["ready"])
    page = alice.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert "nothing would go out: There is no phone number" in page
    assert "Write the number into the order or the client&#x27;s card." in page


def test_a_placeholder_that_is_gone_is_named(alice):
    stages = make_stages()
    make_gateway("sandbox_sms")
    template = make_template(body="{order_number} {was_once}")
    make_robot(stages["ready"], template=template)
    order = make_order(contact_phone="+48501234567")
    move_to(order, stages["ready"])
    run_worker()
    step = RobotStep.objects.get()
    assert (step.state, step.reason.code) == (StepState.FAILED, "texts.unknown_placeholder")
    assert str(step.reason) == "There is no placeholder “{was_once}”."
