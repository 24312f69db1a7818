"""Gateways in the admin: connect, look, try, resume."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from locations.staff_language import in_company_language
from locations.values.reasons import NONE

from .adapters import Accepted, Adapter, Checkup, Outcome, Parcel, Refused, adapter_choices, get_adapter_class
from .balances import check_account
from .credentials import CredentialsUnreadable
from .delivery import hand_over
from .forms import PREFIX, make_connect_form
from .message_forms import TestMessageForm
from .models import Gateway
from .polling import arrange_poll
from .signals import gateway_resumed

SAVED = "saved_gateway"
"""The name under which a request keeps the gateway that it stored."""
ONE_BUTTON = {"show_save_and_continue": False, "show_save_and_add_another": False}  # "Save" leads back to the same page


@admin.register(Gateway)
class GatewayAdmin(ModelAdmin):
    """A new gateway takes two steps: the provider is chosen, then it alone says what it needs."""

    list_display = ["shown_name", "shown_state", "shown_balance", "shown_rate"]
    list_display_links = None
    change_form_outer_before_template = "admin/gateways/state_panel.html"
    change_form_outer_after_template = "admin/gateways/test_panel.html"
    empty_title = gettext_lazy("No gateway yet")
    empty_words = gettext_lazy(
        "A gateway is your account at a provider: it carries messages. Without one, nothing is sent."
    )

    class Media:
        css = {"all": ["gateways/gateways.css"]}

    # --- List ---------------------------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("gateway"), ordering="name")
    def shown_name(self, gateway: Gateway) -> str:
        return render_to_string("admin/gateways/name.html", {"gateway": gateway})

    @admin.display(description=gettext_lazy("state"))
    def shown_state(self, gateway: Gateway) -> str:
        return render_to_string("admin/gateways/state.html", {"gateway": gateway})

    @admin.display(description=gettext_lazy("balance"))
    def shown_balance(self, gateway: Gateway) -> str:
        return render_to_string("admin/gateways/balance.html", {"gateway": gateway})

    @admin.display(description=gettext_lazy("messages per second"), ordering="rate_per_second")
    def shown_rate(self, gateway: Gateway) -> str:
        return f"{gateway.rate_per_second:g}" if gateway.rate_per_second else _("as fast as it takes them")

    # --- Connect and change -------------------------------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Gateway | None = None, change: bool = False, **options: Any) -> type:
        options["form"] = make_connect_form(_adapter_class(request, obj))
        return super().get_form(request, obj, change, **options)

    def get_fieldsets(self, request: HttpRequest, obj: Gateway | None = None) -> list[Any]:
        adapter_class = _adapter_class(request, obj)
        own = ["name", "is_on", "weight", "rate_per_second", "concurrency", "timeout_seconds"]
        if adapter_class.has_balance:
            own.append("low_balance")
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        if not adapter_class.fields or not may_write:
            return [(None, {"fields": own})]
        provider = [PREFIX + field.name for field in adapter_class.fields]
        return [(adapter_class.label, {"fields": provider}), (gettext_lazy("Sending"), {"fields": own})]

    @method_decorator(sensitive_post_parameters())
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        if request.GET.get("adapter") not in dict(adapter_choices()):
            return self.choose_view(request)
        title = _("Connect %(provider)s") % {"provider": _adapter_class(request, None).label}
        return super().add_view(request, form_url, {"title": title, **ONE_BUTTON, **(extra_context or {})})

    @method_decorator(sensitive_post_parameters())
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        gateway = self.get_object(request, object_id)
        test_form = TestMessageForm(get_adapter_class(gateway.adapter)) if gateway else None
        context = {"test_form": test_form, **ONE_BUTTON, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().changeform_view(request, *args, **kwargs)
        if gateway := getattr(request, SAVED, None):
            arrange_poll(gateway)
            _tell_checkup(request, gateway)  # here the transaction is over: a provider may take its time
        return response

    def choose_view(self, request: HttpRequest) -> HttpResponse:
        """Step 1: which provider?"""
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Connect a gateway"),
            "providers": [
                {"key": key, "label": label, "offer": cls.offered(), "is_sandbox": cls.is_sandbox}
                for key, label in adapter_choices()
                for cls in [get_adapter_class(key)]
            ],
        }
        return TemplateResponse(request, "admin/gateways/choose.html", context)

    def save_model(self, request: HttpRequest, obj: Gateway, form: Any, change: bool) -> None:
        # Workers write to the same row (pauses, permits): only what the form asked for is written back.
        own = [name for name in form.cleaned_data if not name.startswith(PREFIX)]
        obj.save(update_fields=[*own, "credentials", "changed_at"] if change else None)
        setattr(request, SAVED, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Gateway) -> HttpResponse:
        return _back_to(obj)

    def response_post_save_change(self, request: HttpRequest, obj: Gateway) -> HttpResponse:
        return _back_to(obj)

    # --- Buttons ------------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        buttons = [("check", self.check_view), ("test", self.test_view), ("resume", self.resume_view)]
        return [
            *(
                path(
                    f"<int:pk>/{word}/",
                    self.admin_site.admin_view(require_POST(view)),
                    name=f"gateways_gateway_{word}",
                )
                for word, view in buttons
            ),
            *super().get_urls(),
        ]

    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks the provider whether the account is in order."""
        gateway = self._get_changeable(request, pk)
        _tell_checkup(request, gateway)
        return _back_to(gateway)

    def test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sends one message at once, past the customers' queue, and says what became of it."""
        gateway = self._get_changeable(request, pk)
        form = TestMessageForm(get_adapter_class(gateway.adapter), request.POST)
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(map(str, errors)))
            return _back_to(gateway)
        parcel = Parcel(
            key=str(uuid.uuid4()),
            channel=gateway.channel,
            to=form.recipient,
            subject=_("Test message"),
            body=form.cleaned_data["text"],
        )
        try:
            level, sentence = _describe(hand_over(gateway, parcel), parcel.to)
        except ImproperlyConfigured as error:
            level, sentence = messages.ERROR, str(error)
        messages.add_message(request, level, sentence[:700])
        self.log_change(request, gateway, sentence)
        return _back_to(gateway)

    def resume_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lets a paused gateway send again; what waited for it goes out."""
        gateway = self._get_changeable(request, pk)
        gateway.paused_at, gateway.pause_reason = None, NONE
        gateway.save(update_fields=["paused_at", "pause_reason", "changed_at"])
        gateway_resumed.send(Gateway, gateway=gateway)
        gateway.refresh_from_db()
        words = _("“%(gateway)s” is resumed.") if gateway.rest_in_words else _("“%(gateway)s” sends again.")
        messages.success(request, f"{words % {'gateway': gateway.name}} {gateway.rest_in_words}".strip())
        with in_company_language():
            self.log_change(request, gateway, _("Resumed"))
        return _back_to(gateway)

    def _get_changeable(self, request: HttpRequest, pk: int) -> Gateway:
        gateway = get_object_or_404(Gateway, pk=pk)
        if not self.has_change_permission(request, gateway):
            raise PermissionDenied
        return gateway


def _adapter_class(request: HttpRequest, gateway: Gateway | None) -> type[Adapter]:
    return get_adapter_class(gateway.adapter if gateway else request.GET["adapter"])


def _back_to(gateway: Gateway) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:gateways_gateway_change", args=[gateway.pk]))


def _tell_checkup(request: HttpRequest, gateway: Gateway) -> None:
    try:
        checkup = check_account(gateway)
    except CredentialsUnreadable as failure:
        checkup = Checkup(problem=failure.reason)
    Gateway.objects.filter(pk=gateway.pk).update(
        last_error=checkup.problem,
        last_error_at=None if checkup.is_good else timezone.now(),
        failed_check=not checkup.is_good,
    )
    messages.add_message(request, messages.SUCCESS if checkup.is_good else messages.ERROR, str(checkup)[:500])


def _describe(outcome: Outcome, to: str) -> tuple[int, str]:
    """A level of django's messages and a sentence."""
    match outcome:
        case Accepted(is_delivered=True):
            return messages.SUCCESS, _("The test message to %(to)s has arrived.") % {"to": to}
        case Accepted():
            words = _("The provider took the test message to %(to)s. It should arrive within a minute.")
            return messages.SUCCESS, words % {"to": to}
        case Refused():
            words = _("The test message to %(to)s was not sent. %(reason)s")
            return messages.ERROR, words % {"to": to, "reason": outcome.reason}
        case _:
            words = _("It is not known whether the test message to %(to)s was sent. %(reason)s")
            return messages.WARNING, words % {"to": to, "reason": outcome.reason}
