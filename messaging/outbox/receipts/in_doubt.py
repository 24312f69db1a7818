"""Doubts that resolve themselves: the provider is asked what became of a message whose answer was never seen.

"same_key" gateways take a message under one key once only, so it simply goes out again. "look_up" gateways are asked:
what they have was sent. What they have not goes out again only if nobody can still be sending it, that is, if the
answer was missed by a worker that lived on (`claim` is empty). A worker that was interrupted may only be asleep. And
only if they said so twice, with a pause between: what a provider shows lags behind what it took.
"""

import datetime

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from locations.values.reasons import NONE, Reason
from messaging.gateways.adapters import Accepted, Finding, Unknown, adapter_choices, get_adapter_class
from messaging.gateways.models import Gateway

from .. import reasons
from ..models import Attempt, Message
from ..signals import tell_changed
from ..states import By, MessageState, move, move_wanted

NEXT_LOOK_UPS = tuple(datetime.timedelta(seconds=seconds) for seconds in settings.LOOK_UP_DELAYS[1:])
MOST_QUESTIONS = 50  # at the same time: more would wait for a connection and be none the wiser


def due_doubts(now: datetime.datetime) -> QuerySet[Message]:
    able = [key for key, _label in adapter_choices() if get_adapter_class(key).resolves_doubt]
    gateways = Gateway.objects.filter(adapter__in=able, is_on=True, paused_at__isnull=True)
    return Message.objects.filter(state=MessageState.IN_DOUBT, look_up_at__lte=now, gateway__in=gateways)


def take_doubts(now: datetime.datetime, limit: int = MOST_QUESTIONS) -> list[Message]:
    """Those to be asked about now; each is put off, so that nobody else asks meanwhile. In a transaction.

    `tried_at`: when the first try began whose answer is missing. What was looked up in vain and went again may have
    arrived the first time.
    """
    tries = Attempt.objects.filter(message=OuterRef("pk")).values("started_at")
    first_unknown, last = tries.filter(outcome="unknown").order_by("pk")[:1], tries.order_by("-pk")[:1]
    rows = due_doubts(now).select_for_update(skip_locked=True, of=("self",)).select_related("gateway")
    tried_at = Coalesce(Subquery(first_unknown), Subquery(last), "send_at")
    rows = rows.annotate(tried_at=tried_at)  # type: ignore[no-redef]  # the class says that it may be there
    taken = list(rows.order_by("look_up_at")[:limit])
    for message in taken:
        is_last = message.look_ups >= len(NEXT_LOOK_UPS)
        message.look_up_at = None if is_last else now + NEXT_LOOK_UPS[message.look_ups]
        message.look_ups += 1
        Message.objects.filter(pk=message.pk).update(look_ups=message.look_ups, look_up_at=message.look_up_at)
    return taken


def settle(message: Message, finding: Finding) -> None:
    """Write down what the provider said, unless the doubt was settled otherwise meanwhile."""
    if isinstance(finding, Accepted) and is_of_another(message, finding.provider_id):
        change(message, reason=reasons.TWIN_FOUND())
    elif isinstance(finding, Accepted):
        now = timezone.now()
        state = MessageState.DELIVERED if finding.is_delivered else MessageState.SENT
        delivered_at = now if finding.is_delivered else None
        found = {"provider_id": finding.provider_id, "sent_at": now, "delivered_at": delivered_at}
        move_on(message, state, reason=NONE, **found)
    elif isinstance(finding, Unknown):
        change(message, reason=finding.reason.then(reasons.MAY_HAVE_ARRIVED()).then(what_next(message)))
    else:
        settle_missing(message)


def settle_missing(message: Message) -> None:
    """The provider does not have it; once is not enough."""
    if message.claim is not None:
        change(message, reason=reasons.WORKER_ASLEEP())
    elif was_changed(message):
        change(message, reason=reasons.GATEWAY_CHANGED())
    elif message.not_found_at is None:
        reason = reasons.NOT_FOUND_SO_FAR().then(what_next(message))
        change(message, not_found_at=timezone.now(), reason=reason)
    else:
        change(message, not_found_at=None)  # a later doubt begins anew
        send_again(message, reasons.NEVER_TAKEN())


def was_changed(message: Message) -> bool:
    """Whether the one who would be asked now is perhaps not the one who may have taken it."""
    return message.carrier.changed_at > (message.tried_at or message.send_at)


def what_next(message: Message) -> Reason:
    """What follows a look-up that has settled nothing."""
    if message.look_up_at is None:
        return reasons.ASKED_NO_MORE()
    return reasons.ASKED_AGAIN(at=message.look_up_at)


def is_of_another(message: Message, provider_id: str) -> bool:
    """Whether what was found is a twin: another message with the same words to the same person."""
    if not provider_id:
        return False
    same_provider = Gateway.objects.filter(adapter=message.carrier.adapter)  # of one account, perhaps
    twins = Message.objects.filter(gateway__in=same_provider, provider_id=provider_id).exclude(provider_id="")
    return twins.exclude(pk=message.pk).exists()


def send_under_same_key(message: Message) -> None:
    """Safe even if the first one did arrive, or still will. Never answered is not failed: that a person finds out."""
    if was_changed(message):
        change(message, reason=reasons.GATEWAY_CHANGED())
    elif message.attempts > len(settings.RETRY_DELAYS):
        change(message, look_up_at=None, reason=reasons.SAME_KEY_UNANSWERED(tries=message.attempts))
    else:
        send_again(message, reasons.SAME_KEY())


def send_again(message: Message, reason: Reason) -> None:
    """Back into the queue as it was, so that what is late by now is held; given up after the usual number of tries."""
    tries = len(settings.RETRY_DELAYS) + 1
    if message.attempts >= tries:
        move_on(message, MessageState.FAILED, reason=reasons.GIVEN_UP_UNANSWERED(tries=tries))
    elif move_wanted(doubt(message), By.LOOK_UP, reason=reason, claim=None):
        tell_changed([message])


def doubt(message: Message) -> QuerySet[Message]:
    """The message, unless its doubt was settled or taken up again meanwhile."""
    return Message.objects.filter(pk=message.pk, state=MessageState.IN_DOUBT, look_ups=message.look_ups)


def change(message: Message, **fields: object) -> None:
    """The doubt stays."""
    if doubt(message).update(**fields):
        tell_changed([message])


def move_on(message: Message, state: MessageState, **fields: object) -> None:
    if move(doubt(message), state, By.LOOK_UP, **fields):
        tell_changed([message])
