"""What goes with every answer to a stranger's browser: nothing is kept, nothing foreign runs, no address leaks."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from ..errors import Refusal
from ..models import ChatSettings

View = Callable[..., HttpResponseBase]
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'self'"


def for_client(view: View) -> View:
    """A client's page. The token in its address is all that speaks for the client, and no other site knows it: there
    is nothing that a forged request could borrow, and cookies are not needed, which a frame may not have.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return protect(view(request, *args, **kwargs))

    return csrf_exempt(answered)


def shown(template: str, context: dict[str, Any], refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    """A page that knows nothing of who is logged in: staff's own pages say more to their context than this one may."""
    response = HttpResponse(render_to_string(template, context), status=refusal.status if refusal else status)
    response["Content-Language"] = get_language() or settings.LANGUAGE_CODE
    for name, value in (refusal.headers if refusal else {}).items():
        response[name] = value
    return response


def protect(response: HttpResponseBase) -> HttpResponseBase:
    """Sites that may show the chat in a frame are named in the chat's settings; nobody else may."""
    origins = ChatSettings.current().origins
    response["Content-Security-Policy"] = PAGE_POLICY.format(ancestors=" ".join(["'self'", *origins]))
    response["Referrer-Policy"] = "no-referrer"  # the token is in the address
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    # The older header knows no list; frame-ancestors says it.
    response.xframe_options_exempt = True  # type: ignore[attr-defined]  # what Django's middleware looks for
    return response
