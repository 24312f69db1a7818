"""Robots: the board, one robot's form, the simple page; their steps, and what is held for approval."""

from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RelatedDropdownFilter

from locations.paging import LongList, chips
from messaging.outbox import operations as outbox
from messaging.outbox.models import Message, MessageState
from messaging.texts.models import TemplateText
from orders.models import Order

from . import operations
from .models import WAITING, Event, Robot, RobotRun, StepState
from .standard import notice_forms, save_notices

HELD_SHOWN = 200


def when_in_words(robot: Robot) -> str:
    """`at once` · `after 10 min` · `2 days after placing at 12:00` · `30 min before arrival`."""
    if robot.event == Event.ORDER_PLACED:
        days = ngettext("%(n)d day", "%(n)d days", robot.days) % {"n": robot.days}
        return _("%(days)s after placing at %(time)s") % {"days": days, "time": f"{robot.at_time:%H:%M}"}
    if robot.event == Event.ARRIVAL:
        return _("%(n)d min before arrival") % {"n": robot.lead_minutes}
    return _("after %(n)d min") % {"n": robot.delay_minutes} if robot.delay_minutes else _("at once")


def place_on_board(robot: Robot) -> str:
    """The column a robot's card stands in."""
    return str(robot.stage) if robot.event == Event.STAGE_ENTERED else robot.get_event_display()


@admin.register(Robot)
class RobotAdmin(ModelAdmin):
    change_list_template = "admin/robots/robot/change_list.html"
    list_display = ["name"]
    list_per_page = 500
    compressed_fields = False
    search_fields = ["name"]
    conditional_fields = {
        "stage": "event == 'stage_entered'",
        "delay_minutes": "event == 'stage_entered'",
        "keep_waiting": "event == 'stage_entered'",
        "days": "event == 'order_placed'",
        "at_time": "event == 'order_placed'",
        "only_if_delivered": "event == 'order_placed'",
        "lead_minutes": "event == 'arrival'",
        "only_while_driver_live": "event == 'arrival'",
        "validity_minutes": "event != 'arrival'",
    }
    fieldsets = [
        (None, {"fields": ["name", "is_on"]}),
        (
            gettext_lazy("When"),
            {"fields": ["event", "stage", "delay_minutes", "days", "at_time", "lead_minutes", "validity_minutes"]},
        ),
        (gettext_lazy("What"), {"fields": [("channel", "template")]}),
        (
            gettext_lazy("Only"),
            {"fields": ["delivery_only", "only_if_delivered", "only_while_driver_live", "keep_waiting"]},
        ),
    ]

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("simple/", wrap(self.simple_view), name="robots_robot_simple"),
            path("<int:object_id>/switch/", wrap(self.switch_view), name="robots_robot_switch"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(
            request, {**(extra_context or {}), "board": board(), "may_switch": self.has_change_permission(request)}
        )

    def switch_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """POST is_on=1 or 0. A robot that could not work is not switched on, and the reason is said."""
        robot = self.get_object(request, str(object_id))
        if request.method != "POST" or robot is None or not self.has_change_permission(request, robot):
            raise PermissionDenied
        robot.is_on = request.POST.get("is_on") == "1"
        try:
            robot.full_clean()
        except ValidationError as refused:
            if robot.is_on:
                messages.error(request, f"“{robot}”: {' '.join(refused.messages)}")
                return HttpResponseRedirect(reverse("admin:robots_robot_changelist"))
        robot.save(update_fields=["is_on"])
        self.log_change(request, robot, _("switched on") if robot.is_on else _("switched off"))
        messages.success(request, (_("“%s” is on.") if robot.is_on else _("“%s” is off.")) % robot)
        return HttpResponseRedirect(reverse("admin:robots_robot_changelist"))

    def simple_view(self, request: HttpRequest) -> HttpResponse:
        """Four rows, five fields each, one button (B10)."""
        if not self.has_change_permission(request) or not self.has_add_permission(request):
            raise PermissionDenied
        rows = notice_forms(request.POST if request.method == "POST" else None)
        if request.method == "POST" and not [row for row in rows if not row.is_valid()]:
            save_notices(rows)
            n = sum(row.cleaned_data["is_on"] for row in rows)
            messages.success(request, _("Saved: %(n)d of 4 messages are on.") % {"n": n})
            return HttpResponseRedirect(reverse("admin:robots_robot_simple"))
        context = {**self.admin_site.each_context(request), "title": _("SMS for orders"), "rows": rows}
        return TemplateResponse(request, "admin/robots/robot/simple.html", context)


def board() -> list[dict[str, Any]]:
    """The robots by stage in the stages' order, each with its time in words, first words and today's counts."""
    newest = TemplateText.objects.filter(template=OuterRef("template"), channel=OuterRef("channel")).order_by("-id")
    robots = Robot.objects.select_related("stage", "template").annotate(words=Subquery(newest.values("body")[:1]))
    order = {event: position for position, event in enumerate(Event)}
    ordered = sorted(robots, key=lambda robot: order[Event(robot.event)])
    counts = today_counts()
    columns = []
    for name, group in groupby(ordered, key=place_on_board):
        cards = [{"robot": robot, "when": when_in_words(robot), "today": counts.get(robot.pk, [])} for robot in group]
        columns.append({"name": name, "cards": cards})
    return columns


def today_counts() -> dict[int, list[tuple[int, str]]]:
    """Per robot, how many steps ended today and how: [(12, "done"), (1, "skipped")]."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    ended = RobotRun.objects.filter(robot__in=Robot.objects.all(), finished_at__gte=midnight).order_by("state")
    counts: dict[int, list[tuple[int, str]]] = {}
    for robot, state, n in ended.values_list("robot", "state").annotate(n=Count("id")):
        counts.setdefault(robot, []).append((n, StepState(state).label))
    return counts


class WaitingFilter(DropdownFilter):
    title = gettext_lazy("whether it waits")
    parameter_name = "waiting"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("still waits")), ("no", _("ended"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[RobotRun]) -> QuerySet[RobotRun]:
        if self.value() == "yes":
            return queryset.filter(state__in=WAITING)
        return queryset.exclude(state__in=WAITING) if self.value() == "no" else queryset


@admin.register(RobotRun)
class RobotRunAdmin(LongList):
    """Steps, to look at: what is planned, what was skipped and why. They are stopped or approved, never edited."""

    list_before_template = "gonets/chips.html"
    list_display = ["shown_robot", "shown_order", "shown_state", "shown_due"]
    list_display_links = None
    list_select_related = ["order"]
    list_filter = [("state", ChoicesDropdownFilter), WaitingFilter, ("robot", RelatedDropdownFilter)]
    empty_title = gettext_lazy("Nothing is planned")
    empty_words = gettext_lazy("When an order moves, the robots of its new stage plan their steps here.")
    search_fields = ["order__number"]
    search_help_text = gettext_lazy("A whole order number")
    actions = ["cancel_chosen"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: RobotRun | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: RobotRun | None = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("robots.change_robotrun")

    def get_search_results(self, _request: HttpRequest, queryset: Any, term: str) -> tuple[Any, bool]:
        found = Order.objects.filter(number=term.strip()).values("pk")
        return (queryset.filter(order__in=found) if term.strip() else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        choices = [(state.value, state.label, RobotRun.objects.filter(state=state)) for state in StepState]
        shown = chips(request, "state__exact", choices)
        return super().changelist_view(request, {**(extra_context or {}), "chips": shown})

    @admin.display(description=gettext_lazy("robot"))
    def shown_robot(self, step: RobotRun) -> str:
        return step.robot_name

    @admin.display(description=gettext_lazy("order"))
    def shown_order(self, step: RobotRun) -> str:
        return render_to_string("admin/robots/robotrun/cell_order.html", {"step": step})

    @admin.display(description=gettext_lazy("state"))
    def shown_state(self, step: RobotRun) -> str:
        return render_to_string("admin/robots/robotrun/cell_state.html", {"step": step})

    @admin.display(description=gettext_lazy("due"))
    def shown_due(self, step: RobotRun) -> str:
        return render_to_string("gonets/when.html", {"at": step.due_at})

    @admin.action(description=gettext_lazy("Cancel those that still wait"), permissions=["operate"])
    def cancel_chosen(self, request: HttpRequest, queryset: QuerySet[RobotRun]) -> None:
        n = operations.cancel_steps(queryset, cancelled_by(request))
        messages.success(request, ngettext("%(n)d step cancelled.", "%(n)d steps cancelled.", n) % {"n": n})

    # --- Held for approval ---

    def get_urls(self) -> list[Any]:
        held = self.admin_site.admin_view(self.held_view)
        return [path("held/", held, name="robots_robotrun_held"), *super().get_urls()]

    def held_view(self, request: HttpRequest) -> HttpResponse:
        """What is too late to go out by itself. POST approve or discard, with `step` and `message` ids."""
        if not self.has_view_permission(request) or not request.user.has_perm("outbox.view_message"):
            raise PermissionDenied
        steps = RobotRun.objects.filter(state=StepState.HELD)
        held = Message.objects.filter(state=MessageState.HELD)
        may_decide = self.has_operate_permission(request) and request.user.has_perm("outbox.change_message")
        if request.method == "POST":
            if not may_decide:
                raise PermissionDenied
            decide(request, steps, held)
            return HttpResponseRedirect(reverse("admin:robots_robotrun_held"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Held for approval"),
            "steps": steps.select_related("order").order_by("due_at")[:HELD_SHOWN],
            "held": held.select_related("order").order_by("send_at")[:HELD_SHOWN],
            "may_decide": may_decide,
            "shown_at_most": HELD_SHOWN,
        }
        return TemplateResponse(request, "admin/robots/robotrun/held.html", context)


def decide(request: HttpRequest, steps: QuerySet[RobotRun], held: QuerySet[Message]) -> None:
    """Approve or discard the ticked ones; what somebody else decided meanwhile is left alone."""
    steps = steps.filter(pk__in=numbers(request.POST.getlist("step")))
    held = held.filter(pk__in=numbers(request.POST.getlist("message")))
    if "approve" in request.POST:
        n = operations.approve_steps(steps) + outbox.approve(held)
        words = ngettext("%(n)d message goes out.", "%(n)d messages go out.", n)
    else:
        reason = _("Late, discarded by %(user)s.") % {"user": request.user.get_username()}
        n = operations.cancel_steps(steps, reason) + outbox.cancel(held, reason)
        words = ngettext("%(n)d message discarded.", "%(n)d messages discarded.", n)
    if n:
        messages.success(request, words % {"n": n})
    else:
        messages.warning(request, _("Nothing was chosen."))


def numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal()]


def cancelled_by(request: HttpRequest) -> str:
    return _("Cancelled by %(user)s.") % {"user": request.user.get_username()}
