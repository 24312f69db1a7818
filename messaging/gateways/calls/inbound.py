"""What customers wrote, passed on to whoever listens: each call in a transaction of its own.

So one call that cannot be kept holds up no other, and listeners may lock what they like. The call is marked as handled
in the same transaction, so that its words are heard exactly once, whenever the worker ends.
"""

import logging
from dataclasses import fields, replace
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone

from locations.values.reasons import Reason

from .. import reasons
from ..adapters import InboundFile, InboundNews, NotUnderstood, get_adapter_class, storable
from ..models import HookEvent
from ..signals import inbound_stored
from .reader import Reading, in_one, show

logger = logging.getLogger(__name__)

LENGTHS = {"sender": 254, "to": 254, "provider_id": 1000, "name": 255, "subject": 500, "pass_word": 64}


def pass_on(reading: Reading) -> None:
    """What cannot be kept is marked with the reason. Raises OperationalError: the database asks to try again."""
    try:
        tell(reading.event, reading.words, reading.problem, is_unclear=reading.is_unclear)
    except OperationalError:
        raise
    except NotUnderstood as refusal:
        mark(reading.event, refusal.reason, is_unclear=True)
    except Exception:  # a fault in one customer's words must not take the others' with it
        logger.exception("The customer's words in the call %d could not be kept", reading.event.pk)
        pass_on_that_somebody_wrote(reading)


def pass_on_that_somebody_wrote(reading: Reading) -> None:
    """The chat shows at least that, unless it is what fails."""
    adapter, event = get_adapter_class(reading.event.gateway.adapter), reading.event
    number = f"unread {event.dedupe_key}"
    words = [show(adapter, InboundNews(one.sender, one.to, "", number, name=one.name)) for one in reading.words[:1]]
    try:
        tell(event, words, reasons.KEEP_FAILED(), is_unclear=True)
    except OperationalError:
        raise
    except Exception:  # logged in full a moment ago
        logger.exception("Nor can the chat show that somebody wrote the call %d", event.pk)
        mark(event, reasons.KEEP_FAILED(), is_unclear=True)


@transaction.atomic
def tell(event: HookEvent, words: list[InboundNews], problem: Reason, *, is_unclear: bool) -> None:
    """All of a call's words, or none. Listeners answer what of them had no effect."""
    waiting = HookEvent.objects.filter(pk=event.pk, handled_at__isnull=True)
    if waiting.select_for_update(skip_locked=True).first() is None:
        return  # another worker has it, or had it
    batch = [(event.gateway, clean(one), event.received_at) for one in words]
    told = inbound_stored.send(HookEvent, batch=batch)
    answers: list[Any] = [one for _listener, answer in told for one in answer or ()]
    is_unclear = is_unclear or any(one.must_be_seen for one in answers)
    mark(event, in_one([problem, *(one.reason for one in answers)]), is_unclear=is_unclear)


def mark(event: HookEvent, problem: Reason, *, is_unclear: bool) -> None:
    rows = HookEvent.objects.filter(pk=event.pk)
    rows.update(handled_at=timezone.now(), problem=problem, is_unclear=is_unclear)


def clean(news: InboundNews) -> InboundNews:
    """Whatever was sent to us fits into the database."""
    thread = {name: storable(str(text)) for name, text in news.thread.items()}
    return replace(news, **tidy(news, LENGTHS), thread=thread, files=tuple(map(clean_file, news.files)))


def clean_file(file: InboundFile) -> InboundFile:
    return replace(file, **tidy(file, {}), size=file.size if 0 <= file.size < 2**31 else 0)


def tidy(news: InboundNews | InboundFile, lengths: dict[str, int]) -> dict[str, Any]:
    """Its texts, as they can be stored."""
    texts = {field.name: getattr(news, field.name) for field in fields(news)}
    return {name: storable(text)[: lengths.get(name)] for name, text in texts.items() if type(text) is str}
