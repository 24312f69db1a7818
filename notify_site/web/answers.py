"""What goes with every answer: who may keep it, what may run on the page, and how it is packed."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

Middleware = Callable[[HttpRequest], HttpResponseBase]

STAFF = ("/admin/", "/inbox/", "/sandbox/")
THEMED = (*STAFF, "/api/")
EVERYWHERE = "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
THEME_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data: blob:; font-src 'self' data:; {EVERYWHERE}"
)
"""The theme's scripts read expressions from attributes (Alpine), which needs eval; foreign scripts run nowhere."""
WISHED_POLICY = "script-src 'self'"
"""Only reported, to the browser's console: what the theme still does otherwise."""
PLAIN_POLICY = f"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; {EVERYWHERE}"

PACKED = ("text/html", "application/json", "text/csv")
SMALL = 1_000  # bytes that are not worth packing
NOISE = 100  # bytes of random length, so that the packed length tells little (https://breachattack.com)
KEEPS_SECRETS = ("/admin/gateways/gateway/", "/admin/inbox/chatsettings/")
"""Pages with secrets that are the same each time: never packed, since who can make a browser ask for a page with words
of his own could guess them from its length. The token against forged requests is masked anew for each page.
"""


def protect(get_response: Middleware) -> Middleware:
    """Middleware: nothing is kept by anybody and nothing foreign runs, unless a view says otherwise."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
            _add_policy(request, response)
        return response

    return middleware


def _add_policy(request: HttpRequest, response: HttpResponseBase) -> None:
    if response.has_header("Content-Security-Policy"):
        return
    is_page = response.get("Content-Type", "").startswith("text/html")
    if is_page and request.path.startswith(THEMED):
        response["Content-Security-Policy"] = THEME_POLICY
        response["Content-Security-Policy-Report-Only"] = WISHED_POLICY
    else:
        response["Content-Security-Policy"] = PLAIN_POLICY


def pack(get_response: Middleware) -> Middleware:
    """Middleware: staff's pages are packed; clients' small ones, whose addresses are secret, and streams are not."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith(STAFF) and isinstance(response, HttpResponse) and _can_be_packed(request, response):
            patch_vary_headers(response, ["Accept-Encoding"])
            if "gzip" in request.headers.get("Accept-Encoding", ""):
                response.content = compress_string(response.content, max_random_bytes=NOISE)
                response["Content-Encoding"] = "gzip"
                response["Content-Length"] = str(len(response.content))
        return response

    return middleware


def _can_be_packed(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.get("Content-Type", "").startswith(PACKED)
        and len(response.content) >= SMALL
        and not response.has_header("Content-Encoding")
        and not request.path.startswith(KEEPS_SECRETS)
    )
