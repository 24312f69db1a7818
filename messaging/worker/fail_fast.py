"""django-q2's cluster, made to fail fast.

The stock cluster hangs for ever, without an error, when a process that holds a queue's lock is killed: an idle worker,
the monitor, the pusher. Nothing in it can tell or mend that, so here the whole cluster ends (exit code 70) and its
supervisor starts a new one. And no child outlives its parent: orphans would go on executing tasks unguarded.

This module replaces names inside `django_q.cluster`; tests/worker/test_django_q_contract.py holds them fast.
"""

import ctypes
import functools
import gc
import importlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

from django.conf import settings
from django_q import cluster

EXIT_CODE = 70
LAST_SECONDS = 8  # for workers that are sending, to write down the answers
RECYCLED = -2
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies (Linux only; elsewhere the supervisor cleans up)."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:  # it died before we asked
        os._exit(EXIT_CODE)


def bound(target: Callable[..., None]) -> Callable[..., None]:
    """The same process, but one that dies with the sentinel."""

    @functools.wraps(target)
    def run(*args: Any, **kwargs: Any) -> None:
        die_with_parent()
        target(*args, **kwargs)

    return run


def leaves_no_lock(process: BaseProcess) -> bool:
    """Whether a process that ended cannot have held a queue's lock: a worker that was busy, timed out or recycled."""
    timer = getattr(process, "timer", None)
    if timer is None:
        return False  # monitor or pusher
    return timer.value >= 0 or int(timer.value) == RECYCLED


class FailFastSentinel(cluster.Sentinel):
    """Guards the pool as usual, but gives up at once where the stock sentinel would hang later."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        die_with_parent()
        super().__init__(*args, **kwargs)

    def reincarnate(self, process: BaseProcess) -> None:
        if leaves_no_lock(process):
            super().reincarnate(process)
        else:
            cluster.logger.critical("A process of the cluster died: the whole cluster starts anew.")
            self.give_up()

    def give_up(self) -> None:
        """Let workers that are sending finish, then end every process of the cluster."""
        self.event_out.set()
        ends_at = time.monotonic() + LAST_SECONDS
        while time.monotonic() < ends_at and any(worker.is_alive() and worker.timer.value > 0 for worker in self.pool):
            time.sleep(0.1)
        for process in (*self.pool, self.monitor, self.pusher):
            process.kill()
        os._exit(EXIT_CODE)


def install() -> None:
    """Put our parts into `django_q.cluster`; once per process."""
    if cluster.Sentinel is FailFastSentinel:
        return
    cluster.worker = bound(cluster.worker)
    cluster.pusher = bound(cluster.pusher)
    cluster.monitor = bound(cluster.monitor)
    cluster.Sentinel = FailFastSentinel


def preload() -> None:
    """What each worker would load by itself is loaded before they fork, and left alone by the garbage collector, whose
    marks would make a copy of each page of memory in each of them."""
    for task in (*settings.WAITING_TASKS, *(task for task, _minutes in settings.PERIODIC_JOBS.values())):
        importlib.import_module(task.rpartition(".")[0])
    gc.collect()
    gc.freeze()


def run() -> int:
    """Run a cluster until it is told to stop (0) or has failed (70)."""
    install()
    preload()
    running = cluster.Cluster()
    running.start()
    running.sentinel.join()
    return running.sentinel.exitcode or 0
