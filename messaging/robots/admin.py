"""Robots: the board, one robot's form, the simple page. Their steps are in `step_admin`."""

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, Subquery
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from locations.lists.paging import capped_count, shown_count
from locations.staff_language import in_company_language
from messaging.texts.models import TemplateText

from .models import Robot, RobotStep
from .robot_event import all_events, event_of
from .standard import notice_forms, save_notices
from .states import WAITING, StepState
from .step_admin import RobotStepAdmin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

__all__ = ["RobotAdmin", "RobotStepAdmin"]


def fields_by_event() -> dict[str, list[str]]:
    """{field: keys of the events whose robots have it}."""
    found: dict[str, list[str]] = {}
    for event in all_events():
        for field in (*event.timing, *event.conditions):
            found.setdefault(field, []).append(event.key)
    return found


def with_validity() -> list[str]:
    return [event.key for event in all_events() if event.has_validity]


def shown_for(keys: Iterable[str]) -> str:
    return " || ".join(f"event == '{key}'" for key in keys)


def timing() -> set[str]:
    """What decides when a robot's steps are due."""
    return {"event", "validity_minutes", *(field for event in all_events() for field in event.timing)}


def unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


@admin.register(Robot)
class RobotAdmin(ModelAdmin):
    change_list_template = "admin/robots/robot/change_list.html"
    list_display = ["name"]
    list_per_page = 500
    compressed_fields = False
    search_fields = ["name"]

    @property
    def conditional_fields(self) -> dict[str, str]:
        """{field: when the form shows it}, in the browser's words."""
        shown = {field: shown_for(keys) for field, keys in fields_by_event().items()}
        return {**shown, "validity_minutes": shown_for(with_validity()), "is_hidden": "channel == 'chat'"}

    def get_fieldsets(self, _request: HttpRequest, _obj: Robot | None = None) -> Any:
        events = all_events()
        when = unique(field for event in events for field in event.timing)
        only = unique(field for event in events for field in event.conditions)
        return [
            (None, {"fields": ["name", "is_on"]}),
            (_("When"), {"fields": ["event", *when, "validity_minutes"]}),
            (_("What"), {"fields": [("channel", "template"), "is_hidden"]}),
            (_("Only"), {"fields": ["delivery_only", *only]}),
        ]

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("simple/", wrap(self.simple_view), name="robots_robot_simple"),
            path("<int:object_id>/switch/", wrap(self.switch_view), name="robots_robot_switch"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Robot, form: ModelForm, change: bool) -> None:
        """Says what a change does not touch: steps that wait already, orders that are there already."""
        super().save_model(request, obj, form, change)
        if not change:
            messages.info(request, _("It speaks of what happens from now on; orders already there are not touched."))
        elif timing().intersection(form.changed_data) and (n := capped_count(obj.steps.filter(state__in=WAITING))):
            words = ngettext(
                "%(n)s step waits already and keeps the time it was planned with.",
                "%(n)s steps wait already and keep the time they were planned with.",
                n,
            )
            messages.info(request, words % {"n": shown_count(n)})

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
        with in_company_language():
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
    ordered = sorted(robots, key=lambda robot: event_of(robot).position)
    counts = today_counts()
    columns = []
    for name, group in groupby(ordered, key=lambda robot: event_of(robot).column(robot)):
        cards = [
            {"robot": robot, "when": event_of(robot).when_in_words(robot), "today": counts.get(robot.pk, [])}
            for robot in group
        ]
        columns.append({"name": name, "cards": cards})
    return columns


def today_counts() -> dict[int, list[tuple[int, "StrOrPromise"]]]:
    """Per robot, how many steps ended today and how: [(12, "done"), (1, "skipped")]."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    ended = RobotStep.objects.filter(robot__in=Robot.objects.all(), finished_at__gte=midnight).order_by("state")
    counts: dict[int, list[tuple[int, StrOrPromise]]] = {}
    for robot, state, n in ended.values_list("robot", "state").annotate(n=Count("id")):
        counts.setdefault(robot, []).append((n, StepState(state).label))
    return counts
