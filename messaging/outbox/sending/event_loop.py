"""One event loop per worker process, in a thread of its own, with the adapters' kept connections on it.

It lives across drains; the database is never touched from it.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

from messaging.gateways.adapters import Adapter
from messaging.gateways.delivery import make_adapter
from messaging.gateways.models import Gateway

TURN_SECONDS = 0.001
"""How long one thread may keep the other waiting. By default it is five times as long, and the drain, which lets go of
the interpreter with each statement, would get it back so much later each time while requests are under way."""

_loops: dict[int, asyncio.AbstractEventLoop] = {}
_adapters: dict[int, tuple[Any, Adapter]] = {}


def _loop() -> asyncio.AbstractEventLoop:
    """This process's loop; a forked child gets one of its own."""
    pid = os.getpid()
    if pid not in _loops:
        _loops.clear()
        _adapters.clear()
        loop = _loops[pid] = asyncio.new_event_loop()
        sys.setswitchinterval(TURN_SECONDS)
        threading.Thread(target=loop.run_forever, name="sending", daemon=True).start()
    return _loops[pid]


def submit(work: Coroutine[Any, Any, None]) -> "Future[None]":
    return asyncio.run_coroutine_threadsafe(work, _loop())


def adapter_for(gateway: Gateway) -> Adapter:
    """The kept adapter of a gateway, made anew when the gateway's row was changed."""
    _loop()
    version, adapter = _adapters.get(gateway.pk, (None, None))
    if adapter is None or version != gateway.changed_at:
        if adapter is not None:
            submit(adapter.close())
        adapter = make_adapter(gateway)
        _adapters[gateway.pk] = gateway.changed_at, adapter
    return adapter
