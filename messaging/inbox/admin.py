"""The chat's settings: how it behaves, hints, lines. Whatever is saved appears on open pages at once."""

from typing import Any

from django.conf import settings as site
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.defaultfilters import truncatechars
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin, TabularInline

from locations.lists.read_only import NeverAdded, NeverDeleted
from locations.models import Channel, Client
from locations.staff_language import in_company_language
from messaging.gateways.adapters import get_adapter_class
from messaging.gateways.models import Gateway
from messaging.texts.admin import palette
from messaging.texts.models import TemplateUse
from messaging.texts.previewing import preview

from .automation.business_hours import fill_in_week
from .identity.access import client_token
from .lines.lines import line_of, web_line
from .live.publish import publish
from .models import BusinessDay, ChatSettings, EventKind, Hint, Line, LineKind
from .models.setup import make_token_secret
from .setup_forms import ChatSettingsForm, DaysFormset, HintForm, NamedSwitches

LONGEST_HINT = Hint._meta.get_field("text").max_length


class BusinessDayInline(TabularInline):
    model = BusinessDay
    formset = DaysFormset
    fields = ["weekday", "opens_at", "closes_at", "break_from", "break_to"]
    extra = 0
    max_num = 7
    hide_title = True
    verbose_name_plural = gettext_lazy(
        "business hours, by the company's clock; an end that is not after the beginning is on the next day"
    )


@admin.register(ChatSettings)
class ChatSettingsAdmin(NeverAdded, NeverDeleted):
    """One row: the menu leads straight to its form. Nothing changes until it is saved (D3)."""

    form = ChatSettingsForm
    compressed_fields = False
    inlines = [BusinessDayInline]
    change_form_outer_after_template = "admin/inbox/embedding.html"
    conditional_fields = {"silence_minutes": "on_silence != ''"}
    fieldsets = [
        (None, {"fields": ["is_on", "greeting", "asks_rating"]}),
        (gettext_lazy("E-mail"), {"fields": ["copies_to_email", "staff_emails"]}),
        (gettext_lazy("When nobody answers"), {"fields": [("on_silence", "silence_minutes")]}),
        (gettext_lazy("The chat on your site"), {"fields": ["allowed_origins"]}),
        (gettext_lazy("Business hours"), {"fields": ["has_hours", "away_message"]}),
    ]

    def get_urls(self) -> list[Any]:
        secret = self.admin_site.admin_view(never_cache(self.secret_view))
        button = self.admin_site.admin_view(never_cache(self.try_view))
        return [
            path("secret/", secret, name="inbox_chatsettings_secret"),
            path("try/", button, name="inbox_chatsettings_try"),
            *super().get_urls(),
        ]

    def changelist_view(self, _request: HttpRequest, _extra_context: dict | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:inbox_chatsettings_change", args=[ChatSettings.current().pk]))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= {
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            "may_change": self.has_change_permission(request),
            "may_try": request.user.has_perm("inbox.change_conversation"),
            "chat_address": f"{site.PUBLIC_URL}{reverse('chat:enter')}" if site.PUBLIC_URL else "",
            "widget_address": f"{site.PUBLIC_URL}{reverse('chat:widget')}" if site.PUBLIC_URL else "",
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.instance.has_hours and not form.instance.days.exists():
            fill_in_week(form.instance)
            messages.warning(request, _("Monday to Friday, 9:00 to 17:00 are filled in: change what is different."))
        publish(EventKind.SETTINGS, is_for_client="is_on" in form.changed_data)  # their page becomes another one

    def response_post_save_change(self, request: HttpRequest, obj: ChatSettings) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:inbox_chatsettings_change", args=[obj.pk]))

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """The button on a page of ours: as a customer of the demo, or as a stranger where there is none."""
        if not (self.has_view_permission(request) and request.user.has_perm("inbox.change_conversation")):
            raise PermissionDenied
        client = Client.objects.filter(is_demo=True, conversation__isnull=False).order_by("pk").first()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Try the button"),
            "client": client,
            "token": client_token(client) if client else "",
            "is_on": ChatSettings.current().is_on,
        }
        return TemplateResponse(request, "admin/inbox/try.html", context)

    def secret_view(self, request: HttpRequest) -> HttpResponse:
        """GET asks whether the old secret may go; POST makes a new one and shows it this once."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        settings = ChatSettings.current()
        context = {**self.admin_site.each_context(request), "title": _("A new secret for your shop's tokens")}
        if request.method == "POST":
            settings.token_secret = context["secret"] = make_token_secret()
            settings.save(update_fields=["token_secret"])
            with in_company_language():
                self.log_change(request, settings, _("A new secret for the shop's tokens"))
        return TemplateResponse(request, "admin/inbox/secret.html", context)


class SwitchedInList(ModelAdmin):
    """Its list has switches."""

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[ModelForm]:
        return super().get_changelist_form(request, form=NamedSwitches, **kwargs)


@admin.register(Hint)
class HintAdmin(SwitchedInList):
    """Canned replies, in the order in which the chat offers them (D15-D21)."""

    form = HintForm
    compressed_fields = False
    list_display = ["name", "first_words", "shown_position", "is_visible"]
    list_editable = ["is_visible"]
    list_filter = ["is_visible"]
    list_per_page = 100
    search_fields = ["name", "text"]
    search_help_text = gettext_lazy("Name or words")
    ordering = ["position", "id"]
    empty_title = gettext_lazy("No hints yet")
    empty_words = gettext_lazy("A hint is a reply that operators need often: they choose it by name and send it.")
    change_form_after_template = "admin/inbox/hint_help.html"

    class Media:
        css = {"all": ["texts/editor.css"]}
        js = ["inbox/hints.js"]

    @admin.display(description=gettext_lazy("text"))
    def first_words(self, hint: Hint) -> str:
        return format_html('<span class="g-cell">{}</span>', truncatechars(hint.text.replace("\n", " "), 90))

    @admin.display(description=gettext_lazy("sequence"), ordering="position")
    def shown_position(self, hint: Hint) -> str:
        return f"{hint.position.normalize():f}"

    def get_urls(self) -> list[Any]:
        shown = self.admin_site.admin_view(require_POST(self.preview_view))
        return [path("preview/", shown, name="inbox_hint_preview"), *super().get_urls()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new one comes after the last."""
        last = Hint.objects.order_by("-position").values_list("position", flat=True).first()
        return {"position": int(last) + 1 if last is not None else 1, **super().get_changeform_initial_data(request)}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        original = context["original"]
        context |= {
            "palette": palette(TemplateUse.ORDER),
            "preview": preview_of(original.text) if original else None,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """What stands under the text while it is typed: POST text."""
        if not (self.has_view_or_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        text = request.POST.get("text", "")[:LONGEST_HINT].replace("\r\n", "\n").strip()
        return render(request, "admin/inbox/hint_preview.html", {"preview": preview_of(text)})

    def save_model(self, request: HttpRequest, obj: Hint, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        publish(EventKind.HINTS)

    def delete_model(self, request: HttpRequest, obj: Hint) -> None:
        super().delete_model(request, obj)
        publish(EventKind.HINTS)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Hint]) -> None:
        super().delete_queryset(request, queryset)
        publish(EventKind.HINTS)


def preview_of(text: str) -> Any:
    """Filled with sample values, with its faults; no limit of characters."""
    return preview(Channel.CHAT, (get_language() or "en")[:2], TemplateUse.ORDER, "", text, 0)


@admin.register(Line)
class LineAdmin(NeverAdded, NeverDeleted, SwitchedInList):
    """Every way in; a gateway that clients can write to is one by itself."""

    compressed_fields = False
    list_display = ["name", "kind", "how_to_open", "is_on"]
    list_editable = ["is_on"]
    list_select_related = ["gateway"]
    fields = ["name", "is_on"]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        web_line()
        for gateway in Gateway.objects.filter(is_on=True):
            if kind := get_adapter_class(gateway.adapter).line:
                line_of(gateway, LineKind(kind))
        return super().changelist_view(request, extra_context)

    @admin.display(description=gettext_lazy("how clients write to it"))
    def how_to_open(self, line: Line) -> str:
        address = reverse("admin:inbox_chatsettings_changelist")
        if line.gateway is not None:
            address = reverse("admin:gateways_gateway_change", args=[line.gateway_id])
        return format_html('<a class="g-link" href="{}">{}</a>', address, LineKind(line.kind).traits.how)

    def save_model(self, request: HttpRequest, obj: Line, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        publish(EventKind.SETTINGS)
        if "is_on" in form.changed_data and not obj.is_on:
            messages.info(request, _("“%s” is off: what comes in is still shown, but nobody can reply by it.") % obj)
