"""The page for what went wrong on our side: without the database, which may be what is wrong."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from messaging.worker.db_errors import DISK_FULL, NO_ANSWER, is_disk_full

TRY_AGAIN_SECONDS = "30"


def server_error(_request: HttpRequest) -> HttpResponse:
    """Django's `handler500`; 503 while only the disk or the database is away, so that providers call again."""
    error = sys.exc_info()[1]
    if error is not None and is_disk_full(error):
        return passing_trouble(_("The disk is full"), str(DISK_FULL))
    if isinstance(error, (OperationalError, InterfaceError)):
        return passing_trouble(_("The database is away"), str(NO_ANSWER))
    return HttpResponse(render_to_string("500.html"), status=500)


def passing_trouble(title: str, sentence: str) -> HttpResponse:
    page = render_to_string("503.html", {"title": title, "sentence": sentence})
    return HttpResponse(page, status=503, headers={"Retry-After": TRY_AGAIN_SECONDS})
