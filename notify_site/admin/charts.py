"""The first page's charts: messages by hour and state, failures by reason. Two queries, each read from an index."""

import datetime
from collections import defaultdict
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, SmallIntegerField, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.values.reasons import Reason
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState

HOUR = datetime.timedelta(hours=1)
HOURS = 24
MOST_COUNTED = 50_000  # messages; a day of more shows its newest ones, and says so
MOST_REASONS = 5
LABEL_EVERY = 4  # hours
STACK = [  # from the bottom up: what went well, what is on its way, what went wrong
    MessageState.DELIVERED,
    MessageState.SENT,
    MessageState.SENDING,
    MessageState.QUEUED,
    MessageState.HELD,
    MessageState.IN_DOUBT,
    MessageState.EXPIRED,
    MessageState.CANCELLED,
    MessageState.REFUSED,
    MessageState.FAILED,
]


def list_of_messages(**filters: Any) -> str:
    return f"{reverse('admin:outbox_message_changelist')}?{urlencode(filters)}"


def by_hour(now: datetime.datetime, most_counted: int = MOST_COUNTED) -> dict[str, Any]:
    """The messages made in the last 24 hours of the clock, the running one included, as stacked columns."""
    this_hour = timezone.localtime(now).replace(minute=0, second=0, microsecond=0).astimezone(datetime.UTC)
    edges = [this_hour + HOUR * (n - HOURS + 1) for n in range(HOURS + 1)]
    counts = count_by_hour(edges, most_counted)
    total = sum(sum(states.values()) for states in counts.values())
    peak = max((sum(states.values()) for states in counts.values()), default=0)
    return {
        "total": total,
        "is_cut": total >= most_counted,
        "columns": [column(n, since, until, counts[n], peak) for n, (since, until) in enumerate(pairwise(edges))],
        "states": [state for state in whole(counts, edges[0]) if state["count"]],
    }


def count_by_hour(edges: list[datetime.datetime], most_counted: int) -> dict[int, dict[MessageState, int]]:
    """How many messages were made in each hour, by their state now."""
    too_old = Message.objects.order_by("-pk").values("pk")[most_counted : most_counted + 1]
    recent = Message.objects.filter(state__in=STACK, created_at__gte=edges[0], pk__gt=Coalesce(Subquery(too_old), 0))
    hours = [When(created_at__gte=edge, then=Value(n)) for n, edge in reversed(list(enumerate(edges[:HOURS])))]
    hour = Case(*hours, output_field=SmallIntegerField())
    rows = recent.annotate(hour=hour).order_by().values_list("hour", "state").annotate(Count("pk"))
    counts: dict[int, dict[MessageState, int]] = defaultdict(dict)
    for number, state, count in rows:
        counts[number][MessageState(state)] = count
    return counts


def column(
    number: int, since: datetime.datetime, until: datetime.datetime, states: dict[MessageState, int], peak: int
) -> dict[str, Any]:
    """One hour: its height in per cent of the fullest one, its parts from the bottom up, the words of both."""
    total = sum(states.values())
    clock = date_format(timezone.localtime(since), "H:i")
    hour = f"{clock}–{date_format(timezone.localtime(until), 'H:i')}"
    parts: list[dict[str, Any]] = [{"state": state, "count": states[state]} for state in STACK if state in states]
    filters = {"created_at__gte": since.isoformat(), "created_at__lt": until.isoformat()}
    named = ", ".join(f"{part['count']} {part['state'].label}" for part in parts)
    return {
        "clock": clock if number % LABEL_EVERY == 0 else "",
        "words": f"{hour}: {named}" if total else _("%(hour)s: none") % {"hour": hour},
        "height": round(100 * total / peak) if peak else 0,
        "parts": parts,
        "url": list_of_messages(**filters, state__in=",".join(states)) if states else "",
    }


def whole(counts: dict[int, dict[MessageState, int]], since: datetime.datetime) -> list[dict[str, Any]]:
    """The legend: each state with its sum over all hours."""
    return [
        {
            "state": state,
            "count": sum(states.get(state, 0) for states in counts.values()),
            "url": list_of_messages(state__exact=state.value, created_at__gte=since.isoformat()),
        }
        for state in STACK
    ]


def by_reason(now: datetime.datetime) -> dict[str, Any]:
    """Why messages that were made today failed, the commonest kinds of reasons first."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    failed = Message.objects.filter(state=MessageState.FAILED, created_at__gte=midnight)
    codes = failed.order_by().values_list("reason__code").annotate(count=Count("pk"))
    rows = list(codes.order_by("-count", "reason__code"))
    most = rows[0][1] if rows else 0
    others = len(rows) - MOST_REASONS
    since = midnight.isoformat()
    return {
        "bars": [
            {
                "reason": Reason(code).title or _("no reason was given"),
                "count": count,
                "width": round(100 * count / most),
                "url": list_of_messages(
                    state__exact="failed",
                    **({"reason": code} if code else {"reason__exact": ""}),
                    created_at__gte=since,
                ),
            }
            for code, count in rows[:MOST_REASONS]
        ],
        "others": ngettext("and %(n)d other reason", "and %(n)d other reasons", others) % {"n": others}
        if others > 0
        else "",
        "url": list_of_messages(state__exact="failed", created_at__gte=since),
    }
