"""Robots in the admin: the board with its switches, the form's refusals, the simple page of four messages."""

import datetime

import pytest
from django.utils import timezone

from locations.models import Channel
from messaging.robots.models import Robot, RobotStep
from messaging.robots.states import StepState
from messaging.texts.models import TemplateText
from orders.models import StageKind
from tests.makers import make_order, make_robot, make_stages, make_template, make_user
from tests.site.pages import faults, save, sentences

pytestmark = pytest.mark.django_db
LIST, SIMPLE = "/admin/robots/robot/", "/admin/robots/robot/simple/"


@pytest.fixture
def alice(client):
    user = make_user(is_superuser=True)
    client.force_login(user)
    return user


def switch(client, robot, is_on):
    return client.post(f"{LIST}{robot.pk}/switch/", {"is_on": is_on}, follow=True)


# --- The board ---


def test_the_board_says_when_each_robot_speaks(client, alice):
    stages = make_stages()
    template = make_template("Order {order_number} is ready")
    make_robot(stages["ready"], template=template)
    make_robot(stages["ready"], template=template, delay_minutes=10)
    make_robot(event="order_placed", template=template, days=2)
    make_robot(event="arrival", template=template, lead_minutes=30)
    page = client.get(LIST).content.decode()
    for words in ("at once", "after 10 min", "2 days after placing at 12:00", "30 min before arrival", "is ready"):
        assert words in page, words


def test_the_board_counts_what_ended_today(client, alice):
    robot, order = make_robot(make_stages()["ready"]), make_order()
    for number, (state, ago) in enumerate([("done", 0), ("done", 0), ("skipped", 0), ("done", 3)]):
        RobotStep.objects.create(
            robot=robot,
            robot_name="r",
            order=order,
            once_key=str(number),
            due_at=timezone.now(),
            state=state,
            finished_at=timezone.now() - datetime.timedelta(days=ago),
        )
    page = client.get(LIST).content.decode()
    assert "2 done" in page
    assert "1 skipped" in page


def test_one_press_switches_a_robot(client, alice):
    robot = make_robot(make_stages()["ready"], is_on=False)
    switch(client, robot, "1")
    robot.refresh_from_db()
    assert robot.is_on
    switch(client, robot, "0")
    robot.refresh_from_db()
    assert not robot.is_on


def test_it_does_not_switch_on_what_could_not_work_and_says_why(client, alice):
    robot = make_robot(make_stages()["ready"], is_on=False, template=None)
    assert "Choose a template" in sentences(switch(client, robot, "1"))
    robot.refresh_from_db()
    assert not robot.is_on


def test_a_broken_robot_can_still_be_switched_off(client, alice):
    robot = make_robot(make_stages()["ready"], template=None)
    switch(client, robot, "0")
    robot.refresh_from_db()
    assert not robot.is_on


def test_a_switch_needs_a_post_and_the_right(client):
    robot = make_robot(make_stages()["ready"], is_on=False)
    client.force_login(make_user("Dispatcher"))
    assert client.post(f"{LIST}{robot.pk}/switch/", {"is_on": "1"}).status_code == 403
    client.force_login(make_user(is_superuser=True))
    assert client.get(f"{LIST}{robot.pk}/switch/", {"is_on": "1"}).status_code == 403
    robot.refresh_from_db()
    assert not robot.is_on


# --- One robot's form ---


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"is_on": "on", "template": ""}, "template"),
        ({"stage": ""}, "stage"),
        ({"delay_minutes": "240"}, "delay_minutes"),
        ({"channel": "email"}, "template"),
    ],
)
def test_the_form_refuses_what_could_never_send(client, alice, changes, field):
    robot = make_robot(make_stages()["ready"], is_on=False)
    assert field in faults(save(client, f"{LIST}{robot.pk}/change/", **changes))


def test_the_form_saves_a_robot_before_arrival(client, alice):
    template = make_template()
    answer = save(
        client, f"{LIST}add/", name="Near", event="arrival", template=template.pk, lead_minutes="15", is_on="on"
    )
    assert not faults(answer)
    robot = Robot.objects.get()
    assert (robot.event, robot.lead_minutes, robot.is_on) == ("arrival", 15, True)


def test_a_change_of_time_says_that_waiting_steps_keep_theirs(client, alice):
    robot = make_robot(make_stages()["new"], delay_minutes=10)
    make_order()
    due = RobotStep.objects.get().due_at
    answer = save(client, f"{LIST}{robot.pk}/change/", delay_minutes="20")
    assert "1 step waits already and keeps the time" in sentences(answer)
    assert RobotStep.objects.get().due_at == due
    assert "waits already" not in sentences(save(client, f"{LIST}{robot.pk}/change/", name="Other"))


# --- The simple page ---


def simple(client, **changes):
    rows = {}
    for key in ("accepted", "ready", "on_the_way", "thanks"):
        rows |= {f"{key}-template": "", f"{key}-delay": "2" if key == "thanks" else "0", f"{key}-validity": "240"}
    return client.post(SIMPLE, rows | changes, follow=True)


def test_by_default_all_is_off_and_the_delay_is_nought(client, alice):
    forms = client.get(SIMPLE).context["rows"]
    assert [form["is_on"].value() for form in forms] == [False] * 4
    assert [form["delay"].value() for form in forms] == [0, 0, 0, 2]
    simple(client)
    assert not Robot.objects.exists()


def test_it_makes_the_robots_that_are_switched_on(client, alice):
    template = make_template()
    answer = simple(
        client,
        **{"ready-is_on": "on", "ready-template": template.pk, "ready-delay": "10", "ready-validity": "60"},
        **{"thanks-is_on": "on", "thanks-template": template.pk, "thanks-delay": "3"},
    )
    assert "2 of 4 messages are on" in sentences(answer)
    ready = Robot.objects.get(event="stage_entered")
    assert (ready.stage.kind, ready.delay_minutes, ready.validity_minutes) == (StageKind.READY, 10, 60)
    assert (ready.is_on, ready.channel, ready.delivery_only) == (True, Channel.SMS, True)
    assert Robot.objects.get(event="order_placed").days == 3


def test_saved_again_it_changes_the_same_robots(client, alice):
    template = make_template()
    on = {"ready-is_on": "on", "ready-template": template.pk}
    simple(client, **on)
    simple(client, **on, **{"ready-delay": "25"})
    assert Robot.objects.get().delay_minutes == 25
    simple(client, **{"ready-template": template.pk})
    assert not Robot.objects.get().is_on


def test_it_sends_by_mail_too_when_the_template_has_a_letter(client, alice):
    template = make_template()
    on = {"ready-is_on": "on", "ready-template": template.pk, "ready-by_email": "on"}
    answer = simple(client, **on)
    assert "no text for E-mail yet" in answer.content.decode()
    assert not Robot.objects.exists()
    TemplateText.objects.create(template=template, channel="email", language="en", subject="Ready", body="It is.")
    simple(client, **on)
    assert {robot.channel for robot in Robot.objects.filter(is_on=True)} == {"sms", "email"}
    simple(client, **{"ready-is_on": "on", "ready-template": template.pk})
    assert {robot.channel for robot in Robot.objects.filter(is_on=True)} == {"sms"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ready-is_on": "on"}, "Choose a template"),
        ({"ready-is_on": "on", "ready-delay": "300"}, "would never be sent"),
        ({"ready-delay": "soon"}, "whole number"),
        ({"ready-validity": ""}, "required"),
    ],
)
def test_it_refuses_in_words_and_saves_nothing_of_the_page(client, alice, changes, sentence):
    good = {"accepted-is_on": "on", "accepted-template": make_template().pk}
    assert sentence in simple(client, **good, **changes).content.decode()
    assert not Robot.objects.exists()


def test_it_says_which_stage_is_missing(client, alice):
    make_stages()["ready"].delete()
    answer = simple(client, **{"ready-is_on": "on", "ready-template": make_template().pk})
    assert "There is no stage of the kind “ready” yet." in answer.content.decode()


def test_the_simple_page_is_not_for_everybody(client):
    client.force_login(make_user("Dispatcher"))
    assert client.get(SIMPLE).status_code == 403
    assert simple(client).status_code == 403


def test_a_walk_through_the_stages_plans_what_the_page_says(client, alice):
    template = make_template()
    simple(client, **{"accepted-is_on": "on", "accepted-template": template.pk})
    order = make_order()
    step = RobotStep.objects.get()
    assert (step.order, step.state, step.robot_name) == (order, StepState.PLANNED, "After acceptance (SMS)")
