"""/healthz and the banners: is somebody doing the work, and does everybody see it when nobody is?"""

import datetime
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.utils import timezone

from locations.models import Company
from locations.values.reasons import in_words
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from messaging.worker.models import DrainSlot
from notify_site.banners import banners
from tests.makers import make_gateway, make_order, make_user

pytestmark = pytest.mark.django_db
DOWN = "The worker is not running"


def seconds_ago(seconds: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(seconds=seconds)


def beat(seconds: float, busy_for: float = -1) -> None:
    """A worker that gave its last sign of life so many seconds ago; busy: a drain goes on for so long."""
    DrainSlot.objects.create(host="one", number=0, beat_at=seconds_ago(seconds), lease_until=seconds_ago(-busy_for))


def late_message(**fields: object) -> Message:
    fields.setdefault("gateway", make_gateway())
    return Message.objects.create(channel="sms", to="+48501234567", body="Hi", send_at=seconds_ago(300), **fields)


def test_it_is_well_while_the_worker_beats_and_nothing_is_late(client: Client):
    beat(3)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["worker"] == "ok"
    assert answer.json()["problems"] == []
    assert answer.json()["oldest_due_message_seconds"] is None


def test_it_says_that_the_worker_has_never_run(client: Client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["The worker has never run."]


def test_it_says_since_when_the_worker_is_silent(client: Client):
    beat(40)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    (problem,) = answer.json()["problems"]
    assert re.fullmatch(r"The worker has shown no sign of life for 4\d seconds\.", problem)


def test_a_late_message_that_nobody_sends_is_a_problem(client: Client):
    beat(1)
    late_message()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    (problem,) = answer.json()["problems"]
    assert re.fullmatch(r"The oldest due message has waited for 30\d seconds and nobody sends\.", problem)


def test_a_late_step_that_nobody_runs_is_a_problem(client: Client):
    beat(1)
    RobotStep.objects.create(order=make_order(), robot_name="Ready", once_key="x", due_at=seconds_ago(300))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["oldest_due_step_seconds"] == pytest.approx(300, abs=5)


def test_a_long_queue_is_no_problem_while_somebody_works_on_it(client: Client):
    beat(1, busy_for=3)
    late_message()
    assert client.get("/healthz").status_code == 200


def test_what_may_not_go_is_not_late(client: Client):
    beat(1)
    late_message(gateway=make_gateway(paused_at=timezone.now()))
    late_message(state=MessageState.HELD)
    RobotStep.objects.create(
        order=make_order(), robot_name="Ready", once_key="x", due_at=seconds_ago(300), state=StepState.HELD
    )
    assert client.get("/healthz").status_code == 200


def test_stopped_sending_is_no_standstill(client: Client):
    beat(1)
    late_message()
    Company.objects.update_or_create(pk=1, defaults={"is_sending_stopped": True})
    assert client.get("/healthz").status_code == 200


def dashboard(client: Client, user: User) -> str:
    client.force_login(user)
    return client.get("/admin/").content.decode()


def test_everybody_sees_on_every_page_that_the_worker_is_down(client: Client):
    client.force_login(make_user("Operator"))
    for page in ("/admin/", "/admin/orders/order/", "/admin/locations/client/"):
        assert DOWN in client.get(page).content.decode(), page


def test_nothing_is_said_when_all_is_well(client: Client):
    beat(1)
    assert 'role="alert"' not in dashboard(client, make_user("Operator"))


def test_a_stranger_is_told_nothing(client: Client):
    assert DOWN not in client.get("/admin/login/").content.decode()


def test_stopped_sending_is_said_with_the_way_out_for_those_who_may(client: Client):
    beat(1)
    Company.objects.update_or_create(pk=1, defaults={"is_sending_stopped": True})
    link = 'href="/admin/locations/company/">Company settings'
    assert link in dashboard(client, make_user("System administrator"))
    seen = dashboard(client, make_user("Operator"))
    assert "All sending is stopped" in seen
    assert link not in seen


def test_a_paused_gateway_is_named_with_its_reason(client: Client):
    beat(1)
    make_gateway(name="Big SMS", paused_at=timezone.now(), pause_reason=in_words("Wrong <password>."))
    seen = dashboard(client, make_user("System administrator"))
    assert "The gateway “Big SMS” is paused. Wrong &lt;password&gt;." in seen


def test_banners_cost_one_query(client: Client, django_assert_max_num_queries):
    beat(1)
    request = RequestFactory().get("/admin/")
    request.user = make_user(is_superuser=True)
    with django_assert_max_num_queries(1):
        assert not list(banners(request)["banners"])
    with django_assert_max_num_queries(0):
        banners(request)
