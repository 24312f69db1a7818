"""Adapters used from ordinary, synchronous code; the engine keeps its adapters open in a loop of its own instead."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

from . import reasons
from .adapters import Adapter, Checkup, Outcome, Parcel, Unknown, get_adapter_class
from .models import Gateway

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


def make_adapter(gateway: Gateway) -> Adapter:
    """Raises ImproperlyConfigured when the credentials cannot be read any more."""
    return get_adapter_class(gateway.adapter)(gateway.config, gateway.timeout_seconds, gateway.hook_url)


@dataclass(frozen=True)
class Opened:
    """An adapter in an event loop of its own, which rests between two questions. `ends_at`: None for no limit but the
    adapter's own, else when everything must be answered, by the monotonic clock.
    """

    adapter: Adapter
    runner: asyncio.Runner
    ends_at: float | None

    def wait_for(self, answer: Awaitable[Answer]) -> Answer:
        """Raises TimeoutError, and what the adapter raises."""
        return self.runner.run(self._in_time(answer))

    async def _in_time(self, answer: Awaitable[Answer]) -> Answer:
        async with asyncio.timeout(None if self.ends_at is None else self.ends_at - time.monotonic()):
            return await answer


@contextmanager
def opened(gateway: Gateway, seconds: float | None = None) -> Iterator[Opened]:
    """The gateway's adapter, for so long at most, and closed whatever happens. Raises ImproperlyConfigured."""
    with asyncio.Runner() as runner:  # connections belong to the loop they were made in
        adapter = make_adapter(gateway)
        try:
            yield Opened(adapter, runner, None if seconds is None else time.monotonic() + seconds)
        finally:
            runner.run(adapter.close())


def ask(gateway: Gateway, question: Callable[[Adapter], Awaitable[Answer]], seconds: float | None = None) -> Answer:
    """The answer to a single question. Raises ImproperlyConfigured, TimeoutError, and what the adapter raises."""
    with opened(gateway, seconds) as own:
        return own.wait_for(question(own.adapter))


def hand_over(gateway: Gateway, parcel: Parcel) -> Outcome:
    """Sends at once, past queue, limits and consents: for test messages. Raises ImproperlyConfigured."""
    try:
        if get_adapter_class(gateway.adapter).is_local:
            return make_adapter(gateway).deliver(parcel)
        return ask(gateway, lambda adapter: adapter.send(parcel))
    except ImproperlyConfigured:
        raise
    except Exception:  # whoever pressed the button gets a sentence
        logger.exception("The gateway %s failed to send", gateway)
        return Unknown(reasons.SEND_FAILED())


def check(gateway: Gateway) -> Checkup:
    """Asks the provider whether the account is in order. Raises ImproperlyConfigured."""
    try:
        return ask(gateway, lambda adapter: adapter.check())
    except ImproperlyConfigured:
        raise
    except Exception:  # as in `hand_over`
        logger.exception("The gateway %s could not be checked", gateway)
        return Checkup(problem=reasons.CHECK_FAILED())
