"""The private parts of django-q2 on which the fail-fast cluster and the broker stand. A new version must keep them."""

import inspect

import django_q
from django_q import cluster, worker
from django_q.brokers.orm import ORM
from django_q.conf import Conf


def test_it_is_the_version_we_know():
    assert django_q.VERSION == (1, 11, 1) or getattr(django_q, "__version__", "") == "1.11.1"


def test_the_sentinel_spawns_through_names_we_replace():
    source = inspect.getsource(cluster.Sentinel)
    for name in ("target == worker", "spawn_process(pusher", "spawn_process(monitor", "def reincarnate(self, process)"):
        assert name in source
    assert "target=Sentinel" in inspect.getsource(cluster.Cluster.start)
    assert list(inspect.signature(cluster.Sentinel.__init__).parameters)[:5] == [
        "self", "stop_event", "start_event", "cluster_id", "broker",
    ]  # fmt: skip


def test_a_busy_worker_has_a_positive_timer_and_an_idle_one_minus_one():
    source = inspect.getsource(worker.worker)
    assert "timer.value = -1  # Idle" in source
    assert "timer.value += 3" in source
    assert "timer.value = -2  # Recycled" in source


def test_the_guard_reaches_zero_exactly_when_a_task_times_out():
    assert ((Conf.TIMEOUT + 3) / Conf.GUARD_CYCLE).is_integer()


def test_a_task_is_never_run_twice_because_it_waited():
    assert Conf.RETRY > Conf.TIMEOUT + Conf.QUEUE_LIMIT * Conf.TIMEOUT / Conf.WORKERS


def test_the_broker_derives_from_the_orm_broker():
    assert {"dequeue", "enqueue", "acknowledge", "timeout"} <= set(vars(ORM))
