"""What customers wrote, passed on to whoever listens: each call in a transaction of its own.

So one call that cannot be kept holds up no other, and listeners may lock what they like. The call is marked as handled
in the same transaction, so that its words are heard exactly once, whenever the worker ends.
"""

import logging
from collections.abc import Sequence
from dataclasses import fields, replace

from django.db import OperationalError, transaction
from django.utils import timezone

from messaging.gateways.adapters import InboundNews
from messaging.gateways.models import HookEvent
from messaging.gateways.signals import inbound_stored

from .results import storable

logger = logging.getLogger(__name__)

LENGTHS = {"sender": 254, "to": 254, "provider_id": 1000, "name": 255, "subject": 500, "pass_word": 64}


def pass_on(event: HookEvent, words: Sequence[InboundNews]) -> None:
    """What cannot be kept is marked with the reason. Raises OperationalError: the database asks to try again."""
    try:
        with transaction.atomic():
            waiting = HookEvent.objects.filter(pk=event.pk, handled_at__isnull=True)
            if waiting.select_for_update(skip_locked=True).first() is None:
                return  # another worker has it, or had it
            batch = [(event.gateway, clean(one), event.received_at) for one in words]
            inbound_stored.send(HookEvent, batch=batch)
            waiting.update(handled_at=timezone.now(), problem="")
    except OperationalError:
        raise
    except ValueError as refusal:
        mark(event, str(refusal))
    except Exception:  # a fault in one customer's words must not take the others' with it
        logger.exception("The customer's words in the call %d could not be kept", event.pk)
        mark(event, "The program failed to keep it; the log has the details.")


def mark(event: HookEvent, problem: str) -> None:
    HookEvent.objects.filter(pk=event.pk).update(handled_at=timezone.now(), problem=problem[:500])


def clean(news: InboundNews) -> InboundNews:
    """Whatever was sent to us fits into the database."""
    texts = {field.name: getattr(news, field.name) for field in fields(news)}
    tidy = {name: storable(text)[: LENGTHS.get(name)] for name, text in texts.items() if type(text) is str}
    return replace(news, **tidy, thread={name: storable(text) for name, text in news.thread.items()})
