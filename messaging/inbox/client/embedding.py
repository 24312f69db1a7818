"""The chat's button on the shop's own pages: one script tag."""

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

CACHED_FOR = 300  # seconds


@require_safe
def widget(_request: HttpRequest) -> HttpResponse:
    """The script at an address that never changes, so that shops need not."""
    with open(finders.find("inbox/widget.js"), encoding="utf-8") as script:
        response = HttpResponse(script.read(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={CACHED_FOR}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def snippet(site: str = "", token: str = "<jwt>") -> str:
    """What a shop puts into its pages. `site`: this site's own address, PUBLIC_URL by default."""
    address = (site or settings.PUBLIC_URL).rstrip("/") + reverse("chat:widget")
    return f'<script src="{escape(address)}" data-token="{escape(token)}" async></script>'


SIGNING = """\
import time, jwt  # pip install PyJWT

token = jwt.encode(
    {"sub": customer.id, "name": customer.name, "phone": customer.phone, "email": customer.email,
     "exp": int(time.time()) + 3600},
    TOKEN_SECRET, algorithm="HS256",
)"""
"""How a shop's server makes a client's token, to be shown beside the snippet."""
