"""Tasks that were queued before an update, for functions that stand elsewhere now, or nowhere."""

import logging
import sys
from types import ModuleType

import pytest
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from messaging.worker.dispatcher import Dispatcher

pytestmark = pytest.mark.django_db


def queue_for_a_function_that_goes(monkeypatch) -> None:
    """As the version before did: the function itself is in the task, by its name."""
    module = ModuleType("of_the_version_before")
    exec("def poll(gateway_id): pass", module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    async_task(module.poll, 1)
    monkeypatch.delitem(sys.modules, module.__name__)


def test_a_task_for_a_function_that_moved_does_not_stop_the_worker(monkeypatch, caplog):
    queue_for_a_function_that_goes(monkeypatch)
    async_task("orders.imports.tasks.check_chunk", 1)
    with caplog.at_level(logging.ERROR):
        packages = [package for _look in range(3) for package in Dispatcher("gonets").dequeue() or ()]
    named = [SignedPackage.loads(payload)["func"] for _key, payload in packages]
    assert "orders.imports.tasks.check_chunk" in named
    assert "made by another version" in caplog.text
    assert OrmQ.objects.count() == 1
