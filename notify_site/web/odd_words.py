"""Words that no page means and no database keeps: refused in a sentence, before any page trips over them."""

from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from .rights import STAFF

TOO_LARGE = ("out of range", "too large", "int too big", "exceeds the limit", "expected a number but got")


class OddWords:
    """Middleware for staff's pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        """A NUL in the address or in a field: PostgreSQL keeps none."""
        if not request.path.startswith(STAFF):
            return None
        fields = [request.GET, request.POST] if request.method == "POST" else [request.GET]
        words = (word for field in fields for name, told in field.lists() for word in (name, *told))
        return refused() if "\0" in request.path or any("\0" in word for word in words) else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """A number that fits into no column was asked for: there is nothing under it."""
        is_number = isinstance(error, (OverflowError, DataError, ValueError))
        if not request.path.startswith(STAFF) or not is_number:
            return None
        return refused() if any(words in str(error).lower() for words in TOO_LARGE) else None


def refused() -> HttpResponse:
    context = {
        "title": _("These words cannot be used"),
        "sentence": _(
            "Nothing was changed. The page was asked for what cannot be there: a number that is too large, or"
            " characters that are no text."
        ),
    }
    return HttpResponse(render_to_string("400.html", context), status=400)
