"""The chat's button on the shop's own pages: one script tag, at an address that never changes."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

CACHED_FOR = 300  # seconds


@require_safe
def widget(_request: HttpRequest) -> HttpResponse:
    """<script src="https://.../chat/widget.js" data-token="<the shop's token>" async></script>"""
    found = finders.find("inbox/widget.js")
    assert found is not None  # it lies beside this file
    script = Path(found).read_text(encoding="utf-8")
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={CACHED_FOR}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
