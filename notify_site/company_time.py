"""Whose time and language it is: the admin, the chat and the worker speak and understand the company's clock; a person
is spoken to in their own language, a group in the company's.
"""

import logging
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from locations.models import Company, Employee
from locations.staff_language import first_offered, of_pages, preferred

logger = logging.getLogger(__name__)
NOT_FOR_STAFF = ("/chat/", "/hooks/", "/api/", "/healthz", "/static/")  # they need no query, and speak for themselves


@dataclass(frozen=True)
class Home:
    """The company's zone and language, and the language that one person chose; "" where nothing is said yet."""

    time_zone: str = ""
    language: str = ""
    own_language: str = ""

    @property
    def zone(self) -> zoneinfo.ZoneInfo | None:
        """None before the company has settings: the server's zone."""
        return zoneinfo.ZoneInfo(self.time_zone) if self.time_zone else None


def home_of(user_id: int | None) -> Home:
    """By one small query."""
    own = Employee.objects.filter(user=user_id).values("language")[:1]
    found = Company.objects.values_list("time_zone", "language", Coalesce(Subquery(own), Value(""))).first()
    return Home(*found) if found else Home()


def language_of(request: HttpRequest, home: Home) -> str:
    """The person's own choice, else what was chosen in this browser, else what it prefers, else the company's."""
    chosen_here = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    asked_for = preferred(request.headers.get("Accept-Language", ""), of_pages())
    return first_offered(home.own_language, chosen_here, asked_for, home.language)


def company_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what staff types as 15:00 is 15:00 there, and what it reads is in the reader's language.

    One small query per page.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        home = Home() if request.path.startswith(NOT_FOR_STAFF) else home_of(request.user.pk)
        language = language_of(request, home)
        with timezone.override(home.zone), translation.override(language):
            response = get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


def begin_task(**_signal: object) -> None:
    """Before each task of a worker: what it writes down is in the company's language, with the company's times."""
    try:
        home = home_of(None)
    except (DatabaseError, OSError) as error:  # here it would end the worker; the task itself waits for the database
        logger.warning("The company's time zone cannot be read: %s", error)
    else:
        timezone.activate(home.zone or timezone.get_default_timezone())
        translation.activate(first_offered(home.language))


def end_task(**_signal: object) -> None:
    timezone.deactivate()
    translation.deactivate()
