"""Calls of providers that nobody understood: what came, when, why it had no effect; to be read again or set aside."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe
from unfold.contrib.filters.admin import RelatedDropdownFilter

from locations.lists.paging import CappedChangeList, LongList, capped_count, shown_count
from locations.lists.read_only import ReadOnly
from locations.lists.reasons import ReasonFilter
from locations.staff_language import in_company_language
from messaging.gateways.calls.presentation import show_call
from messaging.gateways.models import HookEvent


class OfGateway(RelatedDropdownFilter):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.title = gettext_lazy("gateway")


class WhichCalls(admin.SimpleListFilter):
    """Those that somebody has to look at, unless all are asked for."""

    title = pgettext_lazy("providers", "calls")
    parameter_name = "which"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", gettext_lazy("All calls"))]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Not understood"),
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[HookEvent]) -> QuerySet[HookEvent]:
        return queryset if self.value() == "all" else queryset.filter(is_unclear=True)


class WhyFilter(ReasonFilter):
    field_name = "problem"


class CallList(CappedChangeList):
    @property
    def counted(self) -> str:
        """What its foot counts: not only those that were not understood, when all are shown."""
        return _("calls of providers") if self.params.get("which") == "all" else ""


@admin.register(HookEvent)
class CallAdmin(ReadOnly, LongList):
    change_form_template = "admin/gateways/call.html"
    list_before_template = "gonets/chips.html"
    list_display = ["shown_gateway", "shown_state", "shown_moment"]
    list_filter = [WhichCalls, WhyFilter, ("gateway", OfGateway)]
    list_with = {"gateway": ["name", "adapter", "channel"]}
    actions = ["read_chosen_again", "set_chosen_aside"]
    empty_title = gettext_lazy("Every call was understood")
    empty_words = gettext_lazy(
        "What a provider tells us and we cannot use stands here as it came, with the reason, until it could be read."
    )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """No list of calls by their bytes: an address cannot hold them."""
        return not lookup.startswith("body") and super().lookup_allowed(lookup, value, request)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gateways.change_hookevent")

    # --- The list ---

    def get_changelist(self, _request: HttpRequest, **_kwargs: Any) -> type[CallList]:
        return CallList

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        waiting = shown_count(capped_count(HookEvent.objects.filter(is_unclear=True)))
        shows_all = request.GET.get("which") == "all"
        chips = [
            {"name": _("Not understood"), "query": "", "count": waiting, "is_chosen": not shows_all},
            {"name": _("All calls"), "query": "which=all", "count": "", "is_chosen": shows_all},
        ]
        return super().changelist_view(request, {**(extra_context or {}), "chips": chips})

    def get_queryset(self, request: HttpRequest) -> QuerySet[HookEvent]:
        return super().get_queryset(request).defer("body")

    @admin.display(description=gettext_lazy("provider"))
    def shown_gateway(self, event: HookEvent) -> str:
        return render_to_string("admin/gateways/call_gateway.html", {"call": event})

    @admin.display(description=gettext_lazy("why"))
    def shown_state(self, event: HookEvent) -> str:
        return _in_a_cell("admin/gateways/call_state.html", event)

    @admin.display(description=gettext_lazy("when"))
    def shown_moment(self, event: HookEvent) -> str:
        return _in_a_cell("admin/gateways/call_moment.html", event)

    @admin.action(description=gettext_lazy("Read again"), permissions=["operate"])
    def read_chosen_again(self, request: HttpRequest, queryset: QuerySet[HookEvent]) -> None:
        n = sum(event.read_again() for event in queryset)
        messages.success(request, ngettext("%(n)d call is read again.", "%(n)d calls are read again.", n) % {"n": n})

    @admin.action(description=gettext_lazy("Set aside"), permissions=["operate"])
    def set_chosen_aside(self, request: HttpRequest, queryset: QuerySet[HookEvent]) -> None:
        n = queryset.filter(is_unclear=True).update(is_unclear=False)
        messages.success(request, ngettext("%(n)d call set aside.", "%(n)d calls set aside.", n) % {"n": n})

    # --- One call ---

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/read/", wrap(self.read_view), name="gateways_hookevent_read"),
            path("<int:pk>/aside/", wrap(self.aside_view), name="gateways_hookevent_aside"),
            path("<int:pk>/raw/", wrap(self.raw_view), name="gateways_hookevent_raw"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        event = self.get_object(request, object_id)
        if event:
            own = {
                "call": event,
                "shown": show_call(event.request),
                "may_operate": self.has_operate_permission(request),
            }
            extra_context = {**(extra_context or {}), **own, "title": _("Call of %s") % event.gateway.name}
        return super().change_view(request, object_id, form_url, extra_context)

    @method_decorator(require_POST)
    def read_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The worker reads it anew; what it did already is not done twice."""
        event = self._get_operable(request, pk)
        if event.read_again():
            with in_company_language():
                self.log_change(request, event, _("Read again"))
        messages.success(request, _("It is read again within a second or two; this page then says what came of it."))
        return _back_to(event)

    @method_decorator(require_POST)
    def aside_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        event = self._get_operable(request, pk)
        if HookEvent.objects.filter(pk=event.pk, is_unclear=True).update(is_unclear=False):
            with in_company_language():
                self.log_change(request, event, _("Set aside"))
        messages.success(request, _("Set aside: it stands under “All calls” until old calls are removed."))
        return HttpResponseRedirect(reverse("admin:gateways_hookevent_changelist"))

    @method_decorator(require_safe)
    def raw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The body to the byte, never as a page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        event = get_object_or_404(HookEvent, pk=pk)
        headers = {"Content-Disposition": f'attachment; filename="call-{event.pk}.txt"'}
        return HttpResponse(bytes(event.body), content_type="application/octet-stream", headers=headers)

    def _get_operable(self, request: HttpRequest, pk: int) -> HookEvent:
        if not self.has_operate_permission(request):
            raise PermissionDenied
        return get_object_or_404(HookEvent.objects.defer("body"), pk=pk)


def _in_a_cell(template: str, event: HookEvent) -> str:
    return render_to_string(template, {"call": event})


def _back_to(event: HookEvent) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:gateways_hookevent_change", args=[event.pk]))
