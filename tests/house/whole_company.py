"""A company that has everything once, whatever people are called, and the addresses of all its pages."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.core.management import call_command
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from locations.models import Channel, Client, Department, Employee, Suppression
from locations.values.reasons import in_words
from messaging.gateways.models import Gateway, HookEvent
from messaging.inbox.identity.access import client_token
from messaging.inbox.models import Conversation, Hint
from messaging.outbox.models import UnusableAddress
from messaging.robots import reasons
from messaging.robots.models import Robot, RobotStep
from messaging.robots.states import StepState
from messaging.texts.models import MessageTemplate
from orders.imports.models import Import, ImportState
from orders.models import Order
from tests.inbox.makers import client_writes, make_conversation, switch_on
from tests.makers import make_user
from tests.running_worker import run_worker

UNBROKEN = "Konstantynopolitańczykowianeczka" * 7
LONGEST = 200
OWN = """
    /admin/ /admin/robots/robot/simple/ /admin/robots/robotstep/held/ /admin/gateways/gateway/add/?kind=smtp
    /admin/orders/order/?q=nobody /admin/password_change/ /admin/demo/ /inbox/ /inbox/?state=blocked
    /sandbox/ /sandbox/mail/ /nowhere/ /chat/
"""
DELETED = {"orders.order", "locations.department", "gateways.gateway"}
"""One page of deletion serves all: one that goes, one that stays, one whose rows go with it."""


def make_whole_company(user: Any) -> Client:
    """The demo after its first messages, one row of what it has none of, names of two hundred letters without a gap."""
    call_command("load_demo")
    run_worker()
    switch_on()
    known = Client.objects.filter(orders__isnull=False)[0]
    client_writes(make_conversation(known), UNBROKEN)
    Employee.objects.create(user=make_user(username="employee"))
    Suppression.objects.get_or_create(channel=Channel.SMS, address="+48500000999")
    UnusableAddress.objects.create(channel=Channel.SMS, address="+48500000998", reason=in_words(UNBROKEN))
    HookEvent.objects.create(
        gateway=Gateway.objects.all()[0],
        dedupe_key="1",
        method="POST",
        url=f"https://gonets.example.com/hooks/{UNBROKEN}/",
        body=UNBROKEN.encode(),
        handled_at=timezone.now(),
        problem=in_words(UNBROKEN),
        is_unclear=True,
    )
    held = RobotStep.objects.order_by("-pk").values_list("pk", flat=True)[:2]
    RobotStep.objects.filter(pk__in=list(held)).update(state=StepState.HELD, reason=reasons.LATE(minutes=180))
    Import.objects.create(file_name=f"{UNBROKEN}.csv", state=ImportState.READING, source=UNBROKEN[:30], by=user)
    lengthen_names(known)
    return known


def lengthen_names(known: Client) -> None:
    order = Order.objects.filter(client=known)[0]
    rows = {known: ["name"], order.location: ["client_name", "address", "district"], order: ["number"]}
    rows |= {model.objects.all()[0]: ["name"] for model in (Department, Robot, MessageTemplate, Gateway, Hint)}
    for row, fields in rows.items():
        for field in fields:
            longest = min(type(row)._meta.get_field(field).max_length or LONGEST, LONGEST)
            type(row).objects.filter(pk=row.pk).update(**{field: UNBROKEN[:longest]})


def pages_of_admin(user: Any) -> list[str]:
    """Each list, the form of a row, and the form of a new one where that is another."""
    request = HttpRequest()
    request.user = user
    pages = []
    for model, model_admin in admin.site._registry.items():
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        may = model_admin.get_model_perms(request)
        row = row_to_show(model, model_admin, request)
        pages.append(base)
        if may["add"]:
            pages.append(f"{base}add/")
        if row:
            pages.append(f"{base}{row.pk}/change/")
        if row and model._meta.label_lower in DELETED:
            pages += [f"{base}{row.pk}/delete/", f"{base}{row.pk}/history/"]
    return pages


def row_to_show(model: type[Model], model_admin: ModelAdmin, request: HttpRequest) -> Model | None:
    return model_admin.get_queryset(request).order_by("pk").first()


def pages_of_chat(known: Client) -> list[str]:
    talk, other = Conversation.objects.get(client=known), Conversation.objects.exclude(client=known)[0]
    return [f"/inbox/{talk.pk}/", f"/inbox/{other.pk}/", f"/chat/{client_token(known)}/"]
