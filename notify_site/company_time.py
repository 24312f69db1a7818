"""The admin and the chat speak the company's time: what one types as 15:00 is 15:00 there."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from locations.models import Account


def company_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: one small query per page of the admin and of the operators' chat."""
    pages = ("admin:index", "inbox:list")

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(tuple(reverse(page) for page in pages)):
            return get_response(request)
        name = Account.objects.values_list("time_zone", flat=True).first()
        with timezone.override(zoneinfo.ZoneInfo(name) if name else None):
            return get_response(request)

    return middleware
