"""What narrows the list of messages besides its filters, shown above it with a way back."""

import datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from locations.lists.paging import chip_without
from locations.values.days import dated


def narrowing_chips(request: HttpRequest) -> list[dict[str, str]]:
    """What the dashboard's charts ask for: an hour, or a time since."""
    since, until = (parse_datetime(request.GET.get(f"created_at__{bound}", "")) for bound in ("gte", "lt"))
    chips_shown = []
    if since:
        words = {"since": spoken_time(since), "until": spoken_time(until) if until else ""}
        name = _("made %(since)s to %(until)s") if until else _("made since %(since)s")
        parameters = ["created_at__gte", "created_at__lt", "state__in"]
        chips_shown.append(chip_without(request, name % words, parameters))
    return chips_shown


def spoken_time(at: datetime.datetime) -> str:
    return dated(timezone.localtime(at), "j M H:i")
