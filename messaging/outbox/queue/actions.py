"""What an operator may do with messages: stop, approve, send again, settle a doubt."""

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from locations.consent import normalise_address
from locations.errors import CannotDo
from locations.values.reasons import Reason
from messaging.worker.wakeup import wake

from .. import reasons
from ..models import Message
from ..signals import tell_changed
from ..states import MAY_YET_GO, By, MessageState, movable, move, move_wanted
from .recheck import why_no_more
from .routing import Routes


def queue_messages(messages: list[Message], *, wakes: bool = True) -> list[Message]:
    """Put messages into the outbox, in the caller's transaction; the worker takes them from there.

    A pinned one keeps the gateway that it names. `wakes`: False in work that a drain does, which sends them next.
    """
    routes = Routes()
    for message in messages:
        message.to = normalise_address(message.to)
        if message.is_pinned:
            continue
        message.gateway = routes.choose(message.channel, is_demo=message.is_demo)
    queued = Message.objects.bulk_create(messages, batch_size=500)
    now = timezone.now()
    if wakes and any(message.send_at <= now for message in queued):
        wake()
    return queued


def cancel(messages: QuerySet[Message], reason: Reason) -> int:
    """Cancel those that still wait; returns how many. What is out already is only noted as wanted no more.

    First the note, on all that may yet go: it locks them, so that none comes back or leaves between the two statements.
    By keys: what waits may be a million, of which these are a few.
    """
    keys = list(messages.values_list("pk", flat=True))
    if not keys:
        return 0
    stoppable = Message.objects.filter(pk__in=keys, state__unindexed__in=sorted(MAY_YET_GO))
    with transaction.atomic():
        if connection.features.has_select_for_update:  # in the order in which answers are stored: no deadlock
            list(stoppable.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))
        if not stoppable.update(unwanted=reason):
            return 0
        waiting = movable(Message.objects.filter(pk__in=keys), MessageState.CANCELLED, By.STOP)
        replies = list(waiting.filter(is_pinned=True))
        count = move(waiting, MessageState.CANCELLED, By.STOP, reason=reason)
        tell_changed(replies)
    return count


def cancel_with_resends(keys: Collection[int], reason: Reason) -> None:
    """The same for these messages and for all that were sent again in their place."""
    while keys:
        cancel(Message.objects.filter(pk__in=keys), reason)
        keys = list(Message.objects.filter(resend_of__in=keys).values_list("pk", flat=True))


def approve(messages: QuerySet[Message]) -> int:
    """Let late messages go after all; returns how many. Expiry, consent and the switches are still checked."""
    held = messages.filter(state=MessageState.HELD)
    replies = list(held.filter(is_pinned=True))
    count = move_wanted(held, By.PERSON, reason=reasons.APPROVED(), is_approved=True)
    if count:
        wake()
    tell_changed(replies)
    return count


def try_now(messages: QuerySet[Message]) -> int:
    """Do not wait for the next try; returns how many were waiting for one."""
    now = timezone.now()
    count = messages.filter(state=MessageState.QUEUED, send_at__gt=now).update(send_at=now)
    if count:
        wake()
    return count


@transaction.atomic
def resend(message: Message, to: str = "") -> Message:
    """A new message with the same text, to the same or a corrected address, that names the old one.

    Raises CannotDo while the old one may still go out by itself, and when it was sent again already.
    """
    message.refresh_from_db(from_queryset=Message.objects.select_for_update())
    if MessageState(message.state).can_stop:
        raise CannotDo(f"This message is still {MessageState(message.state).label}: it may yet go out by itself.")
    if message.resends.exists():
        raise CannotDo("This message was sent again already: look at the newer one.")
    again = Message(
        order=message.order,
        client=message.client,
        text_version=message.text_version,
        resend_of=message,
        channel=message.channel,
        purpose=message.purpose,
        lane=message.lane,
        to=to or message.to,
        subject=message.subject,
        body=message.body,
        headers=message.headers,
        files=message.files,
        parts=message.parts,
        is_demo=message.is_demo,
        is_pinned=message.is_pinned,
        gateway=message.gateway if message.is_pinned else None,
        send_at=timezone.now(),
    )
    return queue_messages([again])[0]


def settle_doubt(message: Message, *, arrived: bool) -> Message | None:
    """Somebody found out: it arrived, or it did not and is sent again as a new message, which is returned.

    Of two people who press at the same time, the first one decides. The claim is let go, so that a late answer of the
    provider changes nothing any more. What is wanted no more is not sent again.
    """
    with transaction.atomic():
        doubtful = Message.objects.filter(pk=message.pk, state=MessageState.IN_DOUBT)
        state = MessageState.SENT if arrived else MessageState.FAILED
        reason = reasons.SETTLED_ARRIVED() if arrived else reasons.SETTLED_LOST()
        fields = {"sent_at": timezone.now()} if arrived else {}
        if not move(doubtful, state, By.PERSON, reason=reason, claim=None, **fields):
            return None
        tell_changed([message])
        message.refresh_from_db()
        if arrived:
            return None
        if why_not := message.unwanted or why_no_more(message):
            message.reason = reason.then(reasons.NOT_SENT_AGAIN(reason=why_not))
            message.save(update_fields=["reason"])
            return None
        return resend(message)


def settle_doubts(messages: QuerySet[Message], *, arrived: bool) -> int:
    """The same for many; returns how many were settled here."""
    doubtful = list(messages.filter(state=MessageState.IN_DOUBT).select_related("order", "client"))
    for message in doubtful:
        settle_doubt(message, arrived=arrived)
    return sum(message.state != MessageState.IN_DOUBT for message in doubtful)
