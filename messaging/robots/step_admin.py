"""Steps, to look at: what is planned, what was skipped and why; and the page of what is held for approval."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RelatedDropdownFilter

from locations.lists.paging import CappedChangeList, LongList, chips, in_portions
from locations.lists.read_only import ReadOnly
from locations.lists.reasons import ReasonFilter
from locations.lists.spoken import moment
from locations.signed_in import signed_in
from locations.values.reasons import Reason
from messaging.outbox.models import Message
from messaging.outbox.queue import actions as outbox
from messaging.outbox.reasons import CANCELLED_BY
from messaging.outbox.redaction import shown_to
from messaging.outbox.states import MessageState
from orders.search import orders_found

from . import reasons
from .models import RobotStep
from .states import ENDED, WAITING, StepState
from .step_cells import order_cell, state_cell
from .steps import actions
from .steps.preview import foretell
from .steps.untold import overdue_steps, untold_steps

HELD_SHOWN = 200


class WaitingFilter(DropdownFilter):
    title = gettext_lazy("whether it waits")
    parameter_name = "waiting"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("still waits")), ("no", _("ended"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[RobotStep]) -> QuerySet[RobotStep]:
        if self.value() == "yes":
            return queryset.exclude(state__one_of=ENDED)
        return queryset.exclude(state__in=WAITING) if self.value() == "no" else queryset


class OverdueFilter(DropdownFilter):
    title = gettext_lazy("whether it is late")
    parameter_name = "overdue"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("was due and waits"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[RobotStep]) -> QuerySet[RobotStep]:
        return queryset.filter(pk__in=overdue_steps(timezone.now()).values("pk")) if self.value() == "yes" else queryset


class UntoldFilter(DropdownFilter):
    title = gettext_lazy("customers who were not told")
    parameter_name = "untold"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("today")), ("7", _("within seven days"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[RobotStep]) -> QuerySet[RobotStep]:
        days = {"1": 1, "7": 7}.get(self.value() or "")
        return queryset.filter(pk__in=untold_steps(days).values("pk")) if days else queryset


class StepChangeList(CappedChangeList):
    """Fills in what the waiting ones would say."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        foretold = foretell(step for step in self.result_list if step.state in WAITING)
        for step in self.result_list:
            step.foretold = foretold.get(step.pk)


@admin.register(RobotStep)
class RobotStepAdmin(ReadOnly, LongList):
    """Steps, to look at: what is planned, what was skipped and why. They are stopped or approved, never edited."""

    list_before_template = "gonets/chips.html"
    list_disable_select_all = False
    list_display = ["shown_robot", "shown_order", "shown_state", "shown_due"]
    list_display_links = None
    list_with = {"order": ["number"]}
    list_filter = [
        ("state", ChoicesDropdownFilter),
        WaitingFilter,
        OverdueFilter,
        UntoldFilter,
        ReasonFilter,
        ("robot", RelatedDropdownFilter),
    ]
    empty_title = gettext_lazy("Nothing is planned")
    empty_words = gettext_lazy("When an order moves, the robots of its new stage plan their steps here.")
    exclude = ["once_key", "is_approved"]
    search_fields = ["order__number"]
    search_help_text = gettext_lazy("Number of the order, client, address, phone in any spelling, e-mail")
    actions = ["cancel_chosen"]

    def get_changelist(self, _request: HttpRequest, **_kwargs: Any) -> type[StepChangeList]:
        return StepChangeList

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("robots.change_robotstep")

    def get_search_results(self, _request: HttpRequest, queryset: Any, term: str) -> tuple[Any, bool]:
        return (queryset.filter(order__in=orders_found(term)) if term.strip() else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        choices = [(state.value, state.label, RobotStep.objects.filter(state=state)) for state in StepState]
        shown = chips(request, "state__exact", choices, with_empty=False)
        return super().changelist_view(request, {**(extra_context or {}), "chips": shown})

    @admin.display(description=gettext_lazy("robot"))
    def shown_robot(self, step: RobotStep) -> str:
        return step.robot_name

    @admin.display(description=gettext_lazy("order"))
    def shown_order(self, step: RobotStep) -> str:
        return order_cell(step)

    @admin.display(description=gettext_lazy("state"))
    def shown_state(self, step: RobotStep) -> str:
        return state_cell(step)

    @admin.display(description=gettext_lazy("due"))
    def shown_due(self, step: RobotStep) -> str:
        return moment(step.due_at)

    @admin.action(description=gettext_lazy("Cancel those that still wait"), permissions=["operate"])
    def cancel_chosen(self, request: HttpRequest, queryset: QuerySet[RobotStep]) -> None:
        n = sum(actions.cancel_steps(some, cancelled_by(request)) for some in in_portions(queryset))
        messages.success(request, ngettext("%(n)d step cancelled.", "%(n)d steps cancelled.", n) % {"n": n})

    # --- Held for approval ---

    def get_urls(self) -> list[Any]:
        held = self.admin_site.admin_view(self.held_view)
        return [path("held/", held, name="robots_robotstep_held"), *super().get_urls()]

    def held_view(self, request: HttpRequest) -> HttpResponse:
        """What is too late to go out by itself. POST approve or discard, with `step` and `message` ids."""
        if not self.has_view_permission(request) or not request.user.has_perm("outbox.view_message"):
            raise PermissionDenied
        steps = RobotStep.objects.filter(state=StepState.HELD)
        held = shown_to(signed_in(request), Message.objects.filter(state=MessageState.HELD))
        may_decide = self.has_operate_permission(request) and request.user.has_perm("outbox.change_message")
        if request.method == "POST":
            if not may_decide:
                raise PermissionDenied
            decide(request, steps, held)
            return HttpResponseRedirect(reverse("admin:robots_robotstep_held"))
        shown = list(steps.select_related("order__client").order_by("due_at")[:HELD_SHOWN])
        foretold = foretell(shown)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Held for approval"),
            "steps": [(step, foretold[step.pk]) for step in shown],
            "held": held.select_related("order", "client").order_by("send_at")[:HELD_SHOWN],
            "may_decide": may_decide,
            "shown_at_most": HELD_SHOWN,
        }
        return TemplateResponse(request, "admin/robots/robotstep/held.html", context)


def decide(request: HttpRequest, steps: QuerySet[RobotStep], held: QuerySet[Message]) -> None:
    """Approve or discard the ticked ones; what somebody else decided meanwhile is left alone."""
    steps = steps.filter(pk__in=numbers(request.POST.getlist("step")))
    held = held.filter(pk__in=numbers(request.POST.getlist("message")))
    if "approve" in request.POST:
        n = actions.approve_steps(steps) + outbox.approve(held)
        words = ngettext("%(n)d message goes out.", "%(n)d messages go out.", n)
    else:
        reason = reasons.DISCARDED_BY(user=request.user.get_username())
        n = actions.cancel_steps(steps, reason) + outbox.cancel(held, reason)
        words = ngettext("%(n)d message discarded.", "%(n)d messages discarded.", n)
    if n:
        messages.success(request, words % {"n": n})
    else:
        messages.warning(request, _("Nothing was chosen."))


def numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal() and len(text) <= 18]


def cancelled_by(request: HttpRequest) -> Reason:
    return CANCELLED_BY(user=request.user.get_username())
