"""The client's card: contacts, what he does not want to be sent, his places, orders and messages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from locations import reasons
from locations.consent import addresses_of, record_opt_in, record_opt_out, suppress
from locations.forms import ContactPointForm, NamedForm
from locations.lists.deleting import DeletedInWords
from locations.lists.paging import LongList
from locations.lists.spoken import moment
from locations.models import Channel, Client, ContactPoint, Purpose
from locations.search.search import clients_found
from locations.signed_in import signed_in
from messaging.inbox.identity.finding import rename
from messaging.outbox.redaction import shown_to

from .client_chat import chat_of, revoke_view, unbind_view

SHOWN_ROWS = 10
REFUSALS = {
    "refuses_sms": (Channel.SMS, Purpose.SERVICE, _("Does not want SMS")),
    "refuses_email": (Channel.EMAIL, Purpose.SERVICE, _("Does not want e-mail")),
    "refuses_sms_advertising": (Channel.SMS, Purpose.ADVERTISING, _("Does not want advertising by SMS")),
    "refuses_email_advertising": (Channel.EMAIL, Purpose.ADVERTISING, _("Does not want advertising by e-mail")),
}


def refusal_field(label: Any) -> forms.BooleanField:
    """The tick remembers what it was when the page was opened, so that an old page undoes nobody's opt-out."""
    return forms.BooleanField(label=label, required=False, show_hidden_initial=True, widget=UnfoldBooleanSwitchWidget())


class ClientForm(NamedForm):
    refuses_sms = refusal_field(REFUSALS["refuses_sms"][2])
    refuses_email = refusal_field(REFUSALS["refuses_email"][2])
    refuses_sms_advertising = refusal_field(REFUSALS["refuses_sms_advertising"][2])
    refuses_email_advertising = refusal_field(REFUSALS["refuses_email_advertising"][2])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            said_no = set(self.instance.consents.filter(is_given=False).values_list("channel", "purpose"))
            for name, (channel, purpose, _label) in REFUSALS.items():
                if name in self.fields:
                    self.fields[name].initial = (channel.value, purpose.value) in said_no


class ContactPointInline(TabularInline):
    model = ContactPoint
    form = ContactPointForm
    extra = 0
    ordering_field = "position"
    hide_ordering_field = True
    fields = ["kind", "type", "value", "position"]


@admin.register(Client)
class ClientAdmin(DeletedInWords, LongList):
    form = ClientForm
    inlines = [ContactPointInline]
    change_form_template = "admin/locations/client/change_form.html"
    list_display = ["name", "contacts", "company", "language", "since"]
    list_with = {"company": ["name"]}
    list_filter = [("kind", ChoicesDropdownFilter), ("language", ChoicesDropdownFilter)]
    empty_title = _("No clients yet")
    empty_words = _("A client comes with the first order; here stand all contacts and what may be sent.")
    search_fields = ["name"]
    search_help_text = _("Name, phone in any spelling, e-mail, client number")
    autocomplete_fields = ["company"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("kind", "name"),
                    ("first_name", "patronymic", "last_name"),
                    ("gender", "language"),
                    ("company", "external_id"),
                    "bottle_debt",
                    "comment",
                ]
            },
        ),
        (
            _("What may be sent"),
            {
                "fields": [
                    ("refuses_sms", "refuses_email"),
                    ("refuses_sms_advertising", "refuses_email_advertising"),
                    Channel.flags(),
                ],
                "description": _(
                    "What the client said is kept for the client and for each of the addresses. "
                    "“Allow” is the company's own switch for this client."
                ),
            },
        ),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Client | None = None) -> list[Any]:
        """Who may only look sees what the client said beside the form."""
        if self.has_change_permission(request, obj) if obj else self.has_add_permission(request):
            return self.fieldsets
        return [self.fieldsets[0], (_("What may be sent"), {"fields": [Channel.flags()]})]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "comment":
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        return super().get_queryset(request).prefetch_related("contact_points")

    def get_search_results(self, _request: HttpRequest, queryset: Any, term: str) -> tuple[Any, bool]:
        return (queryset.filter(pk__in=clients_found(term)) if term.strip() else queryset), False

    @admin.display(description=_("since"))
    def since(self, client: Client) -> str:
        return moment(client.created_at)

    @admin.display(description=_("contacts"))
    def contacts(self, client: Client) -> str:
        return ", ".join(point.value for point in client.contact_points.all()[:3])

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        """After the contacts, so that an opt-out covers a new address too."""
        super().save_related(request, form, formsets, change)
        rename(form.instance)
        source = reasons.CLIENT_CARD(user=request.user.get_username())
        for name, (channel, purpose, _label) in REFUSALS.items():
            refuses = form.cleaned_data.get(name, False)
            if name not in form.changed_data:
                if refuses:
                    suppress(addresses_of(form.instance, channel), channel, purpose, source)
            elif refuses:
                record_opt_out(form.instance, channel, purpose, source)
            else:
                record_opt_in(form.instance, channel, purpose, source)

    def get_urls(self) -> list[Any]:
        revoke = self.admin_site.admin_view(revoke_view)
        unbind = self.admin_site.admin_view(unbind_view)
        return [
            path("<int:pk>/revoke-links/", revoke, name="locations_client_revoke_links"),
            path("<int:pk>/unbind/<int:bound>/", unbind, name="locations_client_unbind"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        client = self.get_object(request, object_id)
        extra_context = {**(extra_context or {}), **(card(request, client) if client else {})}
        return super().change_view(request, object_id, form_url, extra_context)


def card(request: HttpRequest, client: Client) -> dict[str, Any]:
    """What other rooms know about the client, as far as this user may see it."""
    shown: dict[str, Any] = {"consents": client.consents.order_by("channel", "purpose")}
    if request.user.has_perm("locations.view_location"):
        shown["locations"] = client.locations.select_related("zone").order_by("-id")[:SHOWN_ROWS]
    if request.user.has_perm("orders.view_order"):
        shown["orders"] = client.orders.select_related("stage", "location").order_by("-placed_at", "-id")[:SHOWN_ROWS]
    if request.user.has_perm("outbox.view_message"):
        last = client.messages.select_related("order").order_by("-id")
        shown["client_messages"] = shown_to(signed_in(request), last)[:SHOWN_ROWS]
    return {**shown, **chat_of(request, client)}
