"""What a provider's call says: its receipts, a customer's words, and what in it nobody understands.

Whatever we cannot use stays: the reason on the call, the call on the page of those that are not understood, and in the
chat at least that somebody wrote.
"""

import datetime
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from django.utils.translation import gettext as _

from locations.values.reasons import NONE, Reason

from .. import reasons
from ..adapters import Adapter, InboundNews, News, NotUnderstood, ReceiptNews, Unclear, get_adapter_class, storable
from ..models import Gateway, HookEvent

logger = logging.getLogger(__name__)

MOST_PROBLEMS = 5  # of one call


@dataclass(frozen=True)
class HeardReceipt:
    """One receipt: through which gateway it came, and when."""

    gateway: Gateway
    news: ReceiptNews
    received_at: datetime.datetime


@dataclass
class Reading:
    """What one call says. `words`: what customers wrote; `unclear`: what had no effect, and why."""

    event: HookEvent
    receipts: list[HeardReceipt]
    words: list[InboundNews] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)

    @property
    def was_read(self) -> bool:
        """Whether it is read again: what it said before is kept already."""
        return bool(self.event.problem)

    @property
    def problem(self) -> Reason:
        """Why some of it had no effect; none when all had."""
        return in_one(one.reason for one in self.unclear)

    @property
    def is_unclear(self) -> bool:
        return any(one.must_be_seen for one in self.unclear)


def in_one(problems: Iterable[Reason]) -> Reason:
    """What is wrong with one call, the first few things of it."""
    return reduce(Reason.then, list(dict.fromkeys(filter(None, problems)))[:MOST_PROBLEMS], NONE)


def read(event: HookEvent) -> Reading:
    """One call that cannot be understood does not hold up the others; it is kept, with the reason."""
    adapter = get_adapter_class(event.gateway.adapter)
    news = listen(adapter, event)
    receipts = [
        HeardReceipt(event.gateway, clean(one), event.received_at) for one in news if isinstance(one, ReceiptNews)
    ]
    words = [one for one in news if isinstance(one, InboundNews)]
    unclear = [one for one in news if isinstance(one, Unclear)]
    if any(is_empty(one) for one in words) and not any(one.must_be_seen for one in unclear):
        unclear.append(Unclear(reasons.NOT_TO_BE_SHOWN()))
    return Reading(event, receipts, [show(adapter, one) if is_empty(one) else one for one in words], unclear)


def listen(adapter: type[Adapter], event: HookEvent) -> Sequence[News]:
    """What the adapter makes of a call; of one it cannot read, who wrote and why nobody knows what."""
    try:
        return adapter.read_hook(event.request)
    except NotUnderstood as refusal:
        unclear = Unclear(refusal.reason)
    except Exception:  # a fault in one adapter must not take the other calls with it
        logger.exception("A call of a provider could not be read: %s", event)
        unclear = Unclear(reasons.READ_FAILED())
    return [*glimpse(adapter, event), unclear]


def glimpse(adapter: type[Adapter], event: HookEvent) -> list[InboundNews]:
    """At least that somebody wrote; once, however often it is read."""
    try:
        seen = adapter.glimpse(event.request)
    except NotUnderstood:
        return []
    except Exception:  # as in `listen`
        logger.exception("Nobody knows who made a call of a provider: %s", event)
        return []
    return [replace(seen, provider_id=f"unread {event.dedupe_key}")] if seen and seen.sender else []


def is_empty(news: InboundNews) -> bool:
    return not (storable(news.text).strip() or news.files or news.subject.strip() or news.command)


def show(adapter: type[Adapter], news: InboundNews) -> InboundNews:
    """In place of what we cannot show."""
    words = _("A message that cannot be shown here: open it at %(provider)s.") % {"provider": adapter.label}
    return replace(news, text=words)


def clean(news: ReceiptNews) -> ReceiptNews:
    """Whatever was sent to us fits into the database."""
    return replace(
        news,
        message_key=storable(str(news.message_key))[:36],
        provider_id=storable(str(news.provider_id))[:255],
        code=storable(str(news.code))[:50],
    )
