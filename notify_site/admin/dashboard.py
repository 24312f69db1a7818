"""The first page: what waits, what is wrong, what to do next. Every number leads to what it counts."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locations.lists.paging import capped_count, shown_count
from locations.models import Company
from locations.signed_in import signed_in
from messaging.gateways.models import Gateway
from messaging.inbox.live.log import count_unread
from messaging.outbox.models import Lane, Message
from messaging.outbox.states import MessageState
from messaging.robots.models import Robot, RobotStep
from messaging.robots.states import DUE, StepState
from messaging.robots.steps.untold import LATE, overdue_steps, untold_steps
from messaging.texts.models import TemplateText
from notify_site.demo.views import demo_card
from orders.imports.admin import TONES
from orders.imports.models import Import, ImportState
from orders.models import Stage

from ..menu import address
from .charts import by_hour, by_reason

MOST_LOOKED_AT = 1000  # steps; each is looked at beside its siblings


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds to the first page what this user may see."""
    user = signed_in(request)
    context["title"] = _("Dashboard")
    if user.has_perm("outbox.view_message"):
        context["numbers"] = [*numbers(), *unread_chats(user)]
        now = timezone.now()
        context["by_hour"], context["by_reason"] = by_hour(now), by_reason(now)
    if user.has_perm("gateways.view_gateway"):
        context["gateways"] = [gateway_card(gateway) for gateway in Gateway.objects.all()]
    if user.has_perm("imports.view_import"):
        context["imports"] = [(run, TONES.get(ImportState(run.state), "grey")) for run in Import.objects.all()[:5]]
    context["company"] = Company.current()
    context["demo"] = demo_card(request)
    context["may_stop"] = user.has_perm("locations.change_company")
    steps = first_steps(user)
    if not all(step["is_done"] for step in steps):
        context["first_steps"] = steps
    return context


def number(label: Any, count: int, url: str, tone: str = "", shown: str = "") -> dict[str, Any]:
    return {"label": label, "shown": shown or shown_count(count), "url": url, "tone": tone if count else ""}


def numbers() -> list[dict[str, Any]]:
    """The first row. Counting stops at 10,000 each, or 1,000."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    messages = reverse("admin:outbox_message_changelist")
    steps = reverse("admin:robots_robotstep_changelist")
    queued = Message.objects.filter(state=MessageState.QUEUED, send_at__lte=now)
    in_doubt = capped_count(Message.objects.filter(state=MessageState.IN_DOUBT))
    held = capped_count(Message.objects.filter(state=MessageState.HELD)) + capped_count(
        RobotStep.objects.filter(state=StepState.HELD)
    )
    failed = capped_count(Message.objects.filter(state=MessageState.FAILED, created_at__gte=midnight))
    planned = capped_count(RobotStep.objects.filter(state__in=DUE))
    overdue = capped_count(overdue_steps(now), MOST_LOOKED_AT)
    untold = capped_count(untold_steps(1, now), MOST_LOOKED_AT)
    today = urlencode({"created_at__gte": midnight.isoformat()})
    return [
        number(_("Due now"), capped_count(queued), f"{messages}?state__exact=queued"),
        *([number(_("Steps overdue"), overdue, f"{steps}?overdue=yes", "alarm")] if overdue else []),
        oldest(Lane.ORDERS, now, messages),
        *([oldest(Lane.CAMPAIGNS, now, messages)] if queued.filter(lane=Lane.CAMPAIGNS).exists() else []),
        number(_("Planned"), planned, f"{steps}?waiting=yes"),
        number(_("In doubt"), in_doubt, f"{messages}?state__exact=in_doubt", "alarm"),
        number(_("Held for approval"), held, reverse("admin:robots_robotstep_held"), "alarm"),
        number(_("Failed today"), failed, f"{messages}?state__exact=failed&{today}", "bad"),
        number(_("Not told today"), untold, f"{steps}?untold=1", "alarm", shown_count(untold, MOST_LOOKED_AT)),
    ]


def unread_chats(user: User) -> list[dict[str, Any]]:
    if not user.has_perm("inbox.view_conversation") or not address("inbox:list"):
        return []
    count = count_unread()
    return [number(_("Unread chats"), count, f"{address('inbox:list')}?unread=1", "bad")]


def oldest(lane: Lane, now: datetime.datetime, messages: str) -> dict[str, Any]:
    """How long the first message of a lane has been waiting to be sent."""
    waiting = Message.objects.filter(state=MessageState.QUEUED, lane=lane, send_at__lte=now)
    first = waiting.order_by("send_at").values_list("send_at", flat=True).first()
    age = now - first if first else datetime.timedelta()
    label = _("Oldest waiting, orders") if lane == Lane.ORDERS else _("Oldest waiting, campaigns")
    shown = (
        _("%(n)d min") % {"n": age // datetime.timedelta(minutes=1)}
        if age >= LATE
        else _("%(n)d s") % {"n": age.seconds}
    )
    return number(label, int(age > LATE), f"{messages}?state__exact=queued", "alarm", shown if first else "–")


def gateway_card(gateway: Gateway) -> dict[str, Any]:
    if gateway.paused_at:
        state, tone = _("paused"), "red"
    elif not gateway.is_on:
        state, tone = _("off"), "grey"
    elif gateway.failures_in_row:
        state, tone = _("on, failing"), "amber"
    elif gateway.pace_in_words or gateway.rest_in_words:
        state, tone = _("slowed down"), "amber"
    else:
        state, tone = _("on"), "green"
    problem = gateway.pause_reason or gateway.pace_in_words or gateway.rest_in_words or gateway.last_error
    return {"gateway": gateway, "state": state, "tone": tone, "problem": problem}


def first_steps(user: User) -> list[dict[str, Any]]:
    """What a fresh installation needs before the first message, in order, for those who may do it."""
    steps = [
        (
            _("Look at your stages"),
            _("Orders move along them; robots stand on them. Rename them as you say it."),
            Stage.objects.exists(),
            "orders.change_stage",
            "admin:orders_stage_changelist",
        ),
        (
            _("Connect a gateway"),
            _("The account that carries SMS or e-mail. The sandbox needs none and shows what a customer would see."),
            Gateway.objects.filter(is_on=True).exists(),
            "gateways.add_gateway",
            "admin:gateways_gateway_add",
        ),
        (
            _("Write a template"),
            _("What is said, with placeholders for the order's number, total and time."),
            TemplateText.objects.exists(),
            "texts.add_messagetemplate",
            "admin:texts_messagetemplate_add",
        ),
        (
            _("Switch a robot on"),
            _("It tells the customer when the order gets onto a stage. All are off until you say so."),
            Robot.objects.filter(is_on=True).exists(),
            "robots.change_robot",
            "admin:robots_robot_simple",
        ),
        (
            _("Import your orders"),
            _("A CSV file; you see what would happen before anything does."),
            Import.objects.exists(),
            "imports.add_import",
            "admin:imports_import_changelist",
        ),
    ]
    return [
        {"title": title, "why": why, "is_done": is_done, "url": address(name)}
        for title, why, is_done, permission, name in steps
        if user.has_perm(permission)
    ]
