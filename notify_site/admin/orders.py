"""Orders: the list with its stages, and the page with the time line."""

import datetime
import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RelatedDropdownFilter
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextareaWidget

from locations.lists.deleting import DeletedInWords
from locations.lists.filters import DayRangeFilter
from locations.lists.paging import LongList, chips, in_portions
from locations.models import Channel, Company
from locations.signed_in import signed_in
from locations.staff_language import in_company_language
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from orders.admin import stage_badge
from orders.models import Order, Stage
from orders.moves import keep_refusals_of, move_orders, move_to, place_orders, reschedule_orders
from orders.search import orders_found
from orders.timeline import timeline

from .order_cells import ListedOrder, client_cell, message_cell, number_cell, stage_cell, trouble_cell
from .order_form import OrderForm
from .order_rows import TROUBLE, OrderChangeList, departments_of, stages_of

MOVE = "move_to_stage_"
TROUBLED_MOST = 2000


class MoveForm(ActionForm):
    """The bar under a selection of orders."""

    do_not_notify = forms.BooleanField(
        label=_("Do not notify about this move"), required=False, widget=forms.CheckboxInput(attrs={"class": "g-check"})
    )


class StageFilter(RelatedDropdownFilter):
    def field_choices(self, _field: Any, request: HttpRequest, _model_admin: Any) -> list[tuple[int, str]]:
        return [(stage.pk, stage.name) for stage in stages_of(request)]


class DepartmentFilter(RelatedDropdownFilter):
    def field_choices(self, _field: Any, request: HttpRequest, _model_admin: Any) -> list[tuple[int, str]]:
        return [(department.pk, department.name) for department in departments_of(request)]


class TroubleFilter(DropdownFilter):
    title = _("trouble")
    parameter_name = "trouble"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in TROUBLE]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        state = self.value()
        if state not in TROUBLE:
            return queryset
        # The newest of them only: an OR, or a million orders asked one by one, would cost a second.
        newest = Message.objects.filter(state=state, resends=None, order__isnull=False).order_by("-pk")
        troubled = set(newest.values_list("order_id", flat=True)[:TROUBLED_MOST])
        if state == MessageState.HELD:
            held = RobotStep.objects.filter(state=StepState.HELD).order_by("-pk")
            troubled.update(held.values_list("order_id", flat=True)[:TROUBLED_MOST])
        return queryset.filter(pk__in=troubled)


@admin.register(Order)
class OrderAdmin(DeletedInWords, LongList):
    form = OrderForm
    action_form = MoveForm
    change_form_template = "admin/orders/order/change_form.html"
    list_before_template = "gonets/chips.html"
    list_disable_select_all = False
    list_display = ["shown_number", "shown_client", "shown_stage", "shown_next", "shown_trouble"]
    list_columns = ["number", "placed_at", "stage", "stage_entered_at", "location", "department"]
    list_with = {"location": ["client_name", "address"]}
    list_filter = [
        ("stage", StageFilter),
        ("department", DepartmentFilter),
        ("fulfilment", ChoicesDropdownFilter),
        TroubleFilter,
        ("placed_at", DayRangeFilter),
    ]
    ordering = ["-placed_at", "-id"]
    empty_title = _("No orders yet")
    empty_words = _("Orders come in by a file, see Import, or one by one. Each then moves along your stages.")
    search_fields = ["number"]
    search_help_text = _("Number, client, address, phone in any spelling, e-mail")
    fieldsets: list[Any] = [
        (None, {"fields": [("number", "department"), "client_name", "address", ("contact_phone", "contact_email")]}),
        (_("Stage"), {"fields": [("new_stage", "do_not_notify")]}),
        (
            _("What and when"),
            {
                "fields": [
                    "contents",
                    ("fulfilment", "payment_type"),
                    ("subtotal", "discount"),
                    ("total", "currency"),
                    ("placed_at", "accepted_at"),
                    "planned_arrival",
                    "promised_minutes",
                    "comment",
                    Channel.flags(),
                ]
            },
        ),
    ]

    # --- The list ---

    def get_changelist(self, _request: HttpRequest, **_kwargs: Any) -> type[OrderChangeList]:
        return OrderChangeList

    def get_search_results(self, _request: HttpRequest, queryset: Any, term: str) -> tuple[Any, bool]:
        term = term.strip()
        return (queryset.filter(pk__in=orders_found(term)) if term else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        choices = [(stage.pk, stage.name, Order.objects.filter(stage=stage)) for stage in stages_of(request)]
        stage_chips = chips(request, "stage__id__exact", choices)
        return super().changelist_view(request, {**(extra_context or {}), "chips": stage_chips})

    @admin.display(description=_("order"))
    def shown_number(self, order: Order) -> str:
        return number_cell(order)

    @admin.display(description=_("client"))
    def shown_client(self, order: Order) -> str:
        return client_cell(order)

    @admin.display(description=_("stage"))
    def shown_stage(self, order: Order) -> str:
        return stage_cell(order)

    @admin.display(description=_("message"))
    def shown_next(self, order: ListedOrder) -> str:
        return message_cell(order)

    @admin.display(description=_("trouble"))
    def shown_trouble(self, order: ListedOrder) -> str:
        return trouble_cell(order)

    # --- Moving many at once ---

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if not self.has_change_permission(request):
            return {}
        return {f"{MOVE}{stage.pk}": move_action(stage) for stage in stages_of(request)}

    # --- One order's page ---

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Departments are chosen here and made in the settings."""
        if db_field.name == "department":
            return self.formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name in {"contents", "comment"}:
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_urls(self) -> list[Any]:
        move = self.admin_site.admin_view(self.move_view)
        return [path("<int:object_id>/move/", move, name="orders_order_move"), *super().get_urls()]

    def move_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Moves the order with one press (POST stage, do_not_notify)."""
        order = self.get_object(request, str(object_id))
        wanted = request.POST.get("stage", "") if request.method == "POST" else ""
        stage = Stage.objects.filter(pk=wanted[:18]).first() if wanted.isdecimal() else None
        if order is None or stage is None or not self.has_change_permission(request, order):
            raise PermissionDenied
        notify = not request.POST.get("do_not_notify")
        if move_to(order, stage, by=signed_in(request), notify=notify):
            with in_company_language():
                self.log_change(request, order, str(_("Moved to “%(stage)s”.") % {"stage": stage}))
            messages.success(request, _("Moved to “%(stage)s”.") % {"stage": stage})
        else:
            messages.info(
                request, _("The order stands in “%(stage)s” already; nobody is told twice.") % {"stage": stage}
            )
        back = reverse("admin:orders_order_change", args=[order.pk])
        return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}")  # the list's filters are kept

    def get_fieldsets(self, request: HttpRequest, obj: Order | None = None) -> list[Any]:
        """A new order is put into a stage here; one that is there has its buttons above, who may only look has none."""
        if obj is None and self.has_add_permission(request):
            return self.fieldsets
        return [fieldset for fieldset in self.fieldsets if ("new_stage", "do_not_notify") not in fieldset[1]["fields"]]

    @admin.display(description=_("client name"))
    def client_name(self, order: Order) -> str:
        return order.location.client_name

    @admin.display(description=_("address"))
    def address(self, order: Order) -> str:
        return order.location.address

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        order = self.get_object(request, object_id)
        if order:
            now = timezone.now()
            entries = timeline(order, signed_in(request))
            future = [entry for entry in entries if entry.is_future or entry.at > now]
            extra_context = {
                **(extra_context or {}),
                "stages": Stage.objects.all(),
                "future": future,
                "past": [entry for entry in entries if entry not in future],
                "stage_badge": stage_badge(order.stage),
                "customer_now": customers_clock(order, now),
            }
        return super().change_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Order, form: OrderForm, change: bool) -> None:
        """A new order is placed; an old one is saved, then moved and rescheduled if this form asked for it."""
        data = form.cleaned_data
        for odd in form.odd_times():
            messages.warning(request, str(odd))
        obj.location, obj.client = form.settle_place()
        notify = not data["do_not_notify"]
        if not change:
            if data["new_stage"]:
                obj.stage = data["new_stage"]
            place_orders([obj], by=signed_in(request), notify=notify)
            return
        obj.save()
        keep_refusals_of([obj])
        if data["new_stage"]:
            move_to(obj, data["new_stage"], by=signed_in(request), notify=notify)
        if "planned_arrival" in form.changed_data:
            reschedule_orders([(obj, data["planned_arrival"])])


def customers_clock(order: Order, now: datetime.datetime) -> datetime.datetime | None:
    """What the customer's clock shows now, where it is another than the company's."""
    there = now.astimezone(zoneinfo.ZoneInfo(order.zone_name(Company.current())))
    return None if there.utcoffset() == timezone.localtime(now).utcoffset() else there


def move_action(stage: Stage) -> tuple[Any, str, str]:
    """An entry of the actions' menu that moves the chosen orders to this stage."""

    def move(_admin: OrderAdmin, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        notify = not request.POST.get("do_not_notify")
        chosen = moved = 0
        for portion in in_portions(queryset):
            orders = list(portion.select_related("stage"))
            chosen += len(orders)
            moved += len(move_orders([(order, stage) for order in orders], by=signed_in(request), notify=notify))
        messages.success(request, moved_sentence(moved, chosen - moved, stage))

    name = f"{MOVE}{stage.pk}"
    return move, name, _("Move to “%(stage)s”") % {"stage": stage}


def moved_sentence(moved: int, stood: int, stage: Stage) -> str:
    sentence = ngettext("%(n)d order moved to “%(stage)s”.", "%(n)d orders moved to “%(stage)s”.", moved) % {
        "n": moved,
        "stage": stage,
    }
    if stood:
        sentence += " " + ngettext("%(n)d stood there already.", "%(n)d stood there already.", stood) % {"n": stood}
    return sentence
