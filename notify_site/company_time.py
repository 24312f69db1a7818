"""The company's time: the admin, the chat and the worker speak and understand the company's clock."""

import logging
import zoneinfo
from collections.abc import Callable

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from locations.models import Company

logger = logging.getLogger(__name__)


def company_zone() -> zoneinfo.ZoneInfo | None:
    """The zone of the company's settings, by one small query; None before there are any: the server's zone."""
    name = Company.objects.values_list("time_zone", flat=True).first()
    return zoneinfo.ZoneInfo(name) if name else None


def company_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what staff types as 15:00 is 15:00 there. One small query per page of the admin and of the chat."""
    pages = ("admin:index", "inbox:list")

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(tuple(reverse(page) for page in pages)):
            return get_response(request)
        with timezone.override(company_zone()):
            return get_response(request)

    return middleware


def begin_task(**_signal: object) -> None:
    """Before each task of a worker: the reasons that it writes down name the company's times, not the server's."""
    try:
        timezone.activate(company_zone() or timezone.get_default_timezone())
    except (DatabaseError, OSError) as error:  # here it would end the worker; the task itself waits for the database
        logger.warning("The company's time zone cannot be read: %s", error)


def end_task(**_signal: object) -> None:
    timezone.deactivate()
