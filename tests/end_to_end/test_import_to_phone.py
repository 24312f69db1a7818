"""A file sent through the form, a real worker, and the customers' phones; also when the worker is killed midway."""

import contextlib
from collections import Counter

import psutil
import pytest
from django.core.management import call_command
from django.urls import reverse

from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from orders.imports.models import Import, ImportState
from orders.models import Order
from tests.imports.files.company import EXPECTED, FILE, open_company
from tests.imports.sending import press, upload
from tests.makers import make_user
from tests.processes import Site, wait_until
from tests.running_worker import received

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WANTED = Counter((channel, to, body) for channel, to, _subject, body in EXPECTED["texts"])


@pytest.fixture
def shop(client):
    """The manager's browser."""
    open_company()
    client.force_login(make_user(is_superuser=True))
    return client


def send(shop, *, while_it_works=lambda: None) -> Import:
    """Upload with the tick on, look, press the button, wait for the end."""
    run = upload(shop, FILE, check=False, notify="on")
    wait_until(lambda: state(run) == ImportState.CHECKED, "the file is checked", 90)
    press(shop, "commit", run)
    while_it_works()
    wait_until(lambda: state(run) == ImportState.DONE, "the file is imported", 240)
    return Import.objects.get(pk=run.pk)


def state(run: Import) -> str:
    return Import.objects.values_list("state", flat=True).get(pk=run.pk)


def wait_for_silence() -> None:
    under_way = [MessageState.QUEUED, MessageState.SENDING]
    wait_until(
        lambda: (
            not RobotStep.objects.filter(state=StepState.PLANNED).exists()
            and not Message.objects.filter(state__in=under_way).exists()
        ),
        "nothing is due any more",
        120,
    )


def arrived() -> Counter:
    return Counter((channel, to, body) for channel in ("sms", "email") for to, body in received(channel))


def kill_the_worker(site: Site) -> bool:
    """Kill -9 the leader of the worker's processes; False while there is none."""
    for process in psutil.Process(site.started[0].pid).children():
        with contextlib.suppress(psutil.Error):  # it ended this moment
            if process.is_running() and "qcluster" in process.cmdline():
                process.kill()
                return True
    return False


def test_it_brings_exactly_the_texts_of_the_list_and_none_when_sent_again(shop):
    with Site() as site:
        site.start("qcluster")
        run = send(shop)
        wait_for_silence()
        assert arrived() == WANTED
        assert (run.report["created"], run.report["refused"]) == (493, 7)
        again = send(shop)
        wait_for_silence()
    assert (again.report["created"], again.report["updated"]) == (0, 0)
    assert arrived() == WANTED
    told = set(RobotStep.objects.filter(state=StepState.DONE).values_list("order__number", flat=True))
    silent = Order.objects.exclude(number__in=told)
    assert set(silent.values_list("number", flat=True)) == set(EXPECTED["silent"])
    page = reverse("admin:orders_order_change", args=[silent.filter(robot_steps__isnull=False)[0].pk])
    reason = RobotStep.objects.filter(order=silent.filter(robot_steps__isnull=False)[0])[0].reason
    assert reason
    assert str(reason) in shop.get(page, headers={"accept-language": "en"}).content.decode().replace("&#x27;", "'")


def test_a_worker_killed_again_and_again_midway_adds_no_message_and_loses_no_row(shop):
    with Site() as site:
        site.start("serve")
        wait_until(lambda: "worker started" in site.said(), "the worker is there")

        def kill_three_times() -> None:
            for count in (1, 40, 120):
                wait_until(lambda count=count: Message.objects.count() >= count, f"{count} messages are made", 120)
                wait_until(lambda: kill_the_worker(site), "there is a worker to be killed")

        run = send(shop, while_it_works=kill_three_times)
        wait_for_silence()
    assert run.report["created"] == Order.objects.count() == 493
    doubtful = Counter(Message.objects.filter(state=MessageState.IN_DOUBT).values_list("channel", "to", "body"))
    assert not arrived() - WANTED
    assert not WANTED - arrived() - doubtful


def test_twenty_thousand_rows_change_nothing_the_second_time(tmp_path, capsys):
    path = tmp_path / "orders.csv"
    rows = (
        f"N-{n};Klient {n};ul. Długa {n}, Kraków;501 {n // 1000:03} {n % 1000:03};{n % 900},50" for n in range(20_000)
    )
    path.write_text("\n".join(["orderNumber;clientName;address;contactPhone;total", *rows]), encoding="utf-8")
    call_command("import_orders", str(path))
    assert Order.objects.count() == 20_000
    capsys.readouterr()
    call_command("import_orders", str(path))
    assert "0 created, 0 updated, 20,000 unchanged, 0 refused" in capsys.readouterr().out
