"""A real `qcluster`: whatever process of it is killed, it ends and can start anew; it never hangs half dead."""

import os
import signal
import time

import psutil
import pytest
from django.conf import settings

from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from messaging.worker.fail_fast import EXIT_CODE
from messaging.worker.models import DrainSlot
from tests.makers import make_gateway
from tests.processes import Site, descendants, living, wait_until
from tests.running_worker import received

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cluster():
    """A running cluster that has already sent something."""
    make_gateway("sandbox_sms")
    with Site() as site:
        process = site.start("qcluster")
        send_one("+48501000000")
        wait_until(lambda: not DrainSlot.objects.filter(owner__isnull=False).exists(), "the drain is over")
        time.sleep(1)  # until its worker has said so to the guard: a busy one that is killed is merely replaced
        yield process


def send_one(to: str) -> None:
    message = queue_messages([Message(channel="sms", to=to, body="Hello")])[0]
    wait_until(lambda: Message.objects.filter(pk=message.pk, state=MessageState.DELIVERED).exists(), "it is delivered")


def family(process) -> dict[str, list[psutil.Process]]:
    """The cluster's processes: the sentinel, and its children in the order in which it started them."""
    sentinel = psutil.Process(process.pid).children()[0]
    children = sorted(sentinel.children(), key=lambda child: (child.create_time(), child.pid))
    return {
        "sentinel": [sentinel],
        "workers": children[: settings.WORKERS],
        "monitor": children[settings.WORKERS : settings.WORKERS + 1],
        "pusher": children[settings.WORKERS + 1 :],
    }


@pytest.mark.parametrize("victim", ["sentinel", "workers", "monitor", "pusher"])
def test_it_ends_as_a_whole_when_one_process_is_killed(cluster, victim):
    everybody = descendants(cluster.pid)
    os.kill(family(cluster)[victim][0].pid, signal.SIGKILL)
    wait_until(lambda: cluster.poll() is not None, "the cluster ended")
    assert cluster.returncode not in (0, None)
    if victim != "sentinel":
        assert cluster.returncode == EXIT_CODE
    wait_until(lambda: not living(everybody), "no orphan is left")


def test_no_orphan_is_left_when_the_main_process_is_killed(cluster):
    everybody = descendants(cluster.pid)
    os.kill(cluster.pid, signal.SIGKILL)
    wait_until(lambda: not living(everybody), "no orphan is left")


def test_it_stops_in_order_on_sigterm(cluster):
    everybody = descendants(cluster.pid)
    cluster.terminate()
    wait_until(lambda: cluster.poll() is not None, "the cluster ended")
    assert cluster.returncode == 0
    assert not living(everybody)
    assert received() == [("+48501000000", "Hello")]
