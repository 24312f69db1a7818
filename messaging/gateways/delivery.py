"""One parcel through one gateway from ordinary, synchronous code; the engine keeps its adapters open instead."""

import asyncio

from .adapters import Adapter, Checkup, Outcome, Parcel, get_adapter_class
from .models import Gateway


def make_adapter(gateway: Gateway) -> Adapter:
    """Raises ImproperlyConfigured when the credentials cannot be read any more."""
    return get_adapter_class(gateway.adapter)(gateway.config, gateway.timeout_seconds, gateway.hook_url)


def hand_over(gateway: Gateway, parcel: Parcel) -> Outcome:
    """Sends at once, past queue, limits and consents: for test messages. Raises ImproperlyConfigured."""
    adapter = make_adapter(gateway)
    if adapter.is_local:
        return adapter.deliver(parcel)
    return asyncio.run(_send_and_close(adapter, parcel))


def check(gateway: Gateway) -> Checkup:
    """Asks the provider whether the account is in order. Raises ImproperlyConfigured."""
    return asyncio.run(_check_and_close(make_adapter(gateway)))


async def _send_and_close(adapter: Adapter, parcel: Parcel) -> Outcome:
    try:
        return await adapter.send(parcel)
    finally:
        await adapter.close()


async def _check_and_close(adapter: Adapter) -> Checkup:
    try:
        return await adapter.check()
    finally:
        await adapter.close()
