"""Providers that cannot call us are asked what became of the messages: soon after sending, then ever more seldom."""

import datetime

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from messaging.gateways.adapters import HookRequest, get_adapter_class
from messaging.gateways.calls.hooks import make_event
from messaging.gateways.calls.reader import Reading, read
from messaging.gateways.delivery import opened
from messaging.gateways.models import Gateway, HookEvent

from ..models import Message
from ..states import MessageState
from .receipts import Told, advance, find_messages, keep

ASK_AFTER_MINUTES = (1, 2, 4, 8, 15, 30, 60, 120, 240, 480, 960, 1440, 2870)
WINDOW = datetime.timedelta(seconds=90)  # a task that comes a little late must leave nobody out
SECONDS = 40  # a task may take 60


def ask_all() -> None:
    """A task, once a minute: one task for each gateway, so that a slow provider holds up no other."""
    for gateway in Gateway.objects.filter(is_on=True):
        if gateway.must_be_asked and unconfirmed(gateway, timezone.now()).exists():
            async_task(ask, gateway.pk)


def ask(gateway_id: int) -> int:
    """A task: ask one provider; returns how many messages moved on."""
    gateway = Gateway.objects.filter(pk=gateway_id).first()
    if gateway is None or not gateway.must_be_asked:
        return 0
    numbers = list(unconfirmed(gateway, timezone.now()).values_list("provider_id", flat=True))
    size, moved = get_adapter_class(gateway.adapter).receipts_at_once, 0
    try:
        with opened(gateway, SECONDS) as own:
            for start in range(0, len(numbers), size):
                moved += note(gateway, own.wait_for(own.adapter.fetch_receipts(numbers[start : start + size])))
    except (TimeoutError, ImproperlyConfigured):
        return moved  # what was not heard now is asked for again
    return moved


def unconfirmed(gateway: Gateway, now: datetime.datetime) -> QuerySet[Message]:
    """Messages whose end is not known and about which it is time to ask, the newest first."""
    ages = [datetime.timedelta(minutes=minutes) for minutes in ASK_AFTER_MINUTES]
    windows = Q()
    for age in ages:
        windows |= Q(sent_at__gt=now - age - WINDOW, sent_at__lte=now - age)
    rows = Message.objects.filter(windows, gateway=gateway, state=MessageState.SENT).exclude(provider_id="")
    return rows.filter(sent_at__gt=now - ages[-1] - WINDOW).order_by("-sent_at")


def note(gateway: Gateway, calls: list[HookRequest]) -> int:
    """Keep what moved a message on; to hear once more what is known already is no news."""
    now = timezone.now()
    readings = [read(make_event(gateway, call)) for call in calls]
    keep_unclear([reading for reading in readings if reading.unclear])
    told = [Told(gateway, receipt.news, now) for reading in readings for receipt in reading.receipts]
    with transaction.atomic():
        find_messages(told)
        fresh = [one for one in told if one.message is not None and one.message.state != one.news.status]
        for one in fresh:
            advance(one)
        keep(fresh)
    return len(fresh)


def keep_unclear(readings: list[Reading]) -> None:
    """As calls that could not be read: the same answer to the next question is the same call."""
    events = [reading.event for reading in readings]
    for reading, event in zip(readings, events, strict=True):
        event.handled_at, event.is_unclear = event.received_at, reading.is_unclear
        event.problem = reading.problem
    HookEvent.objects.bulk_create(events, ignore_conflicts=True)
