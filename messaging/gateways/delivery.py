"""One parcel through one gateway from ordinary, synchronous code; the engine keeps its adapters open instead."""

import asyncio
import logging

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from .adapters import Adapter, Checkup, Outcome, Parcel, Unknown, get_adapter_class
from .models import Gateway

logger = logging.getLogger(__name__)


def make_adapter(gateway: Gateway) -> Adapter:
    """Raises ImproperlyConfigured when the credentials cannot be read any more."""
    return get_adapter_class(gateway.adapter)(gateway.config, gateway.timeout_seconds, gateway.hook_url)


def hand_over(gateway: Gateway, parcel: Parcel) -> Outcome:
    """Sends at once, past queue, limits and consents: for test messages. Raises ImproperlyConfigured."""
    adapter = make_adapter(gateway)
    try:
        return adapter.deliver(parcel) if adapter.is_local else asyncio.run(_send_and_close(adapter, parcel))
    except ImproperlyConfigured:
        raise
    except Exception:  # whoever pressed the button gets a sentence
        logger.exception("The gateway %s failed to send", gateway)
        return Unknown(_("The program failed while sending; the log has the details."))


def check(gateway: Gateway) -> Checkup:
    """Asks the provider whether the account is in order. Raises ImproperlyConfigured."""
    adapter = make_adapter(gateway)
    try:
        return asyncio.run(_check_and_close(adapter))
    except ImproperlyConfigured:
        raise
    except Exception:  # as in `hand_over`
        logger.exception("The gateway %s could not be checked", gateway)
        return Checkup(False, _("The program failed to read what the provider answered; the log has the details."))


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
