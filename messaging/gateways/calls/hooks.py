"""Where providers call us: /hooks/<key>/. What they say is checked, kept as it is, and read later by the worker."""

import datetime
import hashlib

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from locations.values.reasons import NONE, Reason

from .. import reasons
from ..adapters import HookRequest, get_adapter_class
from ..delivery import make_adapter
from ..models import Gateway, HookEvent

MOST_BYTES = 64 * 1024
KEPT_HEADERS = ("content-type", "user-agent", "i-twilio-idempotency-token")
CALLED_ANEW = datetime.timedelta(minutes=1)  # `hook_called_at` is written no more often: workers write to that row too


@csrf_exempt
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, key: str) -> HttpResponse:
    """404 for an unknown key, 403 for a wrong signature; else kept, however little we understand of it."""
    gateway = Gateway.objects.filter(hook_key=key).first()
    if gateway is None or not gateway.has_hook:
        raise Http404
    body = request.read(MOST_BYTES + 1)
    if len(body) + len(request.META.get("QUERY_STRING", "")) > MOST_BYTES:
        note_refusal(gateway, reasons.CALL_TOO_LARGE())
        return HttpResponse(status=413)
    call = HookRequest(_called_url(request), request.method or "", body, _lower(request))
    try:
        is_genuine = make_adapter(gateway).verify_hook(call)
    except ImproperlyConfigured:
        return HttpResponse(status=503)  # the credentials cannot be read any more: the provider may try again later
    if not is_genuine:
        note_refusal(gateway, reasons.WRONG_SIGNATURE())
        raise PermissionDenied
    store(gateway, call)
    content_type, words = get_adapter_class(gateway.adapter).answer_hook()
    return HttpResponse(words, content_type=content_type)


def store(gateway: Gateway, call: HookRequest) -> None:
    """Keep a call that is genuine; the same call again changes nothing."""
    event = make_event(gateway, call)
    HookEvent.objects.bulk_create([event], ignore_conflicts=True)
    now = event.received_at
    if gateway.hook_problem or gateway.hook_called_at is None or now - gateway.hook_called_at > CALLED_ANEW:
        Gateway.objects.filter(pk=gateway.pk).update(hook_called_at=now, hook_problem=NONE)


def note_refusal(gateway: Gateway, reason: Reason) -> None:
    """On the gateway's page; of a call that nobody proved to be the provider's nothing else is kept."""
    now = timezone.now()
    if gateway.hook_problem_at is None or now - gateway.hook_problem_at > CALLED_ANEW:
        Gateway.objects.filter(pk=gateway.pk).update(hook_problem=reason, hook_problem_at=now)


def make_event(gateway: Gateway, call: HookRequest) -> HookEvent:
    """A call as it is kept, unsaved."""
    now = timezone.now()
    told = "\0".join((call.method, call.url.partition("?")[2])).encode() + b"\0" + call.body
    return HookEvent(
        gateway=gateway,
        dedupe_key=hashlib.sha256(told).hexdigest(),
        method=call.method,
        url=call.url,
        headers={name: call.headers[name] for name in KEPT_HEADERS if name in call.headers},
        body=call.body,
        received_at=now,
        handle_after=now,
    )


def _called_url(request: HttpRequest) -> str:
    """The address that the provider called; a proxy in between may have changed what we see of it."""
    path = request.get_full_path()
    return settings.PUBLIC_URL + path if settings.PUBLIC_URL else request.build_absolute_uri(path)


def _lower(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}
