"""The sandbox's phone and mailbox: what a customer would see, live."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import phonenumbers
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import F, Max, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.middleware import HtmxDetails

from .adapters.sandbox import SPECIAL_MAILBOXES, SPECIAL_PHONES
from .message_forms import ReplyForm
from .models import Gateway, SandboxDelivery

PHONES_PER_PAGE = 12
BUBBLES_PER_PHONE = 30
LETTERS_PER_PAGE = 50
NUMBERS_OF = {"PL": "+48501", "RU": "+7916" + "0", "UA": "+38067" + "0"}  # the sandbox's special digits follow


class HtmxRequest(HttpRequest):
    """As the middleware of htmx hands it on."""

    htmx: HtmxDetails


@dataclass(frozen=True)
class Phone:
    """One recipient's phone; `deliveries` from the newest to the oldest."""

    number: str
    deliveries: list[SandboxDelivery]


@login_required
@permission_required("gateways.view_sandboxdelivery", raise_exception=True)
@require_safe
def show_phones(request: HtmxRequest) -> HttpResponse:
    newest = _newest_id("sms")
    if _has_seen(request, newest):
        return HttpResponse(status=204)
    page = _page_number(request)
    phones, has_next = _load_phones(page)
    context: dict[str, Any] = {"phones": phones, "newest": newest, **_paging(page, has_next)}
    if request.htmx:
        return render(request, "gateways/phones.html", context)
    examples = [(f"…{digits}", _phone_examples(digits), outcome) for digits, outcome in SPECIAL_PHONES.items()]
    context |= {"title": _("Sandbox phone"), "adapter": "sandbox_sms", "examples": examples}
    return _render_page(request, "gateways/sandbox_phone.html", context)


@login_required
@permission_required("gateways.view_sandboxdelivery", raise_exception=True)
@require_POST
def reply(request: HttpRequest) -> HttpResponse:
    """Writes back as the customer who got something here: kept and read as a provider's call is."""
    form = ReplyForm(request.POST)
    page = "gateways:sandbox_mailbox" if request.POST.get("channel") == "email" else "gateways:sandbox_phone"
    if not form.is_valid():
        messages.error(request, " ".join(str(sentence) for errors in form.errors.values() for sentence in errors))
    else:
        form.store()
        messages.success(request, _("Sent as the customer. It stands in the chat within a second or two."))
    return redirect(page)


@login_required
@permission_required("gateways.view_sandboxdelivery", raise_exception=True)
@require_safe
def show_mailbox(request: HtmxRequest) -> HttpResponse:
    newest = _newest_id("email")
    if _has_seen(request, newest):
        return HttpResponse(status=204)
    page = _page_number(request)
    letters, has_next = _cut_page(
        SandboxDelivery.objects.filter(channel="email").order_by("-id"), page, LETTERS_PER_PAGE
    )
    chosen = request.GET.get("letter", "")
    letter = SandboxDelivery.objects.filter(channel="email", pk=int(chosen)).first() if _is_number(chosen) else None
    context: dict[str, Any] = {"letters": letters, "letter": letter, "newest": newest, **_paging(page, has_next)}
    if letter is not None:
        context["reply_subject"] = (
            letter.subject if letter.subject.lower().startswith("re:") else f"Re: {letter.subject}"
        )
    if request.htmx:
        return render(request, "gateways/letters.html", context)
    examples = [(f"{name}@…", [f"{name}@example.com"], outcome) for name, outcome in SPECIAL_MAILBOXES.items()]
    context |= {"title": _("Sandbox mailbox"), "adapter": "sandbox_email", "examples": examples}
    return _render_page(request, "gateways/sandbox_mailbox.html", context)


def _render_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page inside the admin's frame; `sandbox_gateway` is what the empty page's button leads to."""
    gateway = Gateway.objects.filter(adapter=context["adapter"]).first()
    return render(request, template, {**admin.site.each_context(request), "sandbox_gateway": gateway, **context})


def _newest_id(channel: str) -> int:
    return SandboxDelivery.objects.filter(channel=channel).order_by("-id").values_list("id", flat=True).first() or 0


def _has_seen(request: HtmxRequest, newest: int) -> bool:
    """Whether the page that asks again already shows everything: then it stays as it is."""
    return bool(request.htmx) and request.GET.get("seen") == str(newest)


def _load_phones(page: int) -> tuple[list[Phone], bool]:
    """The phones of one page, the one with the newest message first, and whether there are more."""
    sms = SandboxDelivery.objects.filter(channel="sms")
    recipients = sms.values("to").annotate(newest=Max("id")).order_by("-newest").values_list("to", flat=True)
    numbers, has_next = _cut_page(recipients, page, PHONES_PER_PAGE)
    age = Window(RowNumber(), partition_by="to", order_by=F("id").desc())
    recent = sms.filter(to__in=numbers).annotate(age=age).filter(age__lte=BUBBLES_PER_PHONE)
    deliveries: dict[str, list[SandboxDelivery]] = defaultdict(list)
    for delivery in recent.order_by("-id"):
        deliveries[delivery.to].append(delivery)
    return [Phone(number, deliveries[number]) for number in numbers], has_next


def _cut_page(rows: QuerySet[Any], page: int, size: int) -> tuple[list[Any], bool]:
    """One page of rows and whether another follows; never counts them all."""
    start = (page - 1) * size
    cut = list(rows[start : start + size + 1])
    return cut[:size], len(cut) > size


def _paging(page: int, has_next: bool) -> dict[str, int]:
    return {"page": page, "newer_page": page - 1, "older_page": page + 1 if has_next else 0}


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return min(max(int(text), 1), 10_000) if _is_number(text) else 1


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _phone_examples(digits: str) -> list[str]:
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return [phonenumbers.format_number(phonenumbers.parse(prefix + digits), form) for prefix in NUMBERS_OF.values()]
