"""Small makers: each gives one saved row with sensible values, changed by keywords."""

import itertools
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from locations.models import Channel, Client, Department, Location
from messaging.gateways.models import Gateway
from messaging.robots.models import Robot
from messaging.texts.models import MessageTemplate, TemplateText
from orders.models import Order, Stage, StageKind
from orders.moves import place_orders

_numbers = itertools.count(1)


def make_stages() -> dict[str, Stage]:
    """The usual line of six stages, by kind; made again where a test emptied the table."""
    stages = {stage.kind: stage for stage in Stage.objects.order_by("-position", "-id")}
    for position, kind in enumerate(StageKind):
        if kind.value not in stages:
            stages[kind.value] = Stage.objects.create(name=str(kind.label).capitalize(), kind=kind, position=position)
    return stages


def make_department(**fields: Any) -> Department:
    fields.setdefault("name", f"Department {next(_numbers)}")
    return Department.objects.create(**fields)


def make_client(**fields: Any) -> Client:
    fields.setdefault("name", f"Client {next(_numbers)}")
    return Client.objects.create(**fields)


def make_location(client: Client | None = None, **fields: Any) -> Location:
    client = client or make_client()
    fields.setdefault("client_name", client.name)
    fields.setdefault("address", f"Long Street {next(_numbers)}")
    return Location.objects.create(client=client, **fields)


def make_order(location: Location | None = None, *, notify: bool = True, **fields: Any) -> Order:
    """A new order, placed through the front door: it stands in the first stage unless `stage` says otherwise."""
    make_stages()
    location = location or make_location()
    fields.setdefault("number", f"A-{next(_numbers)}")
    order = Order(location=location, client=location.client, **fields)
    place_orders([order], notify=notify)
    return order


def make_template(body: str = "Order {order_number}", channel: str = Channel.SMS, **fields: Any) -> MessageTemplate:
    language = fields.pop("language", "en")
    subject = fields.pop("subject", "")
    fields.setdefault("name", f"Template {next(_numbers)}")
    template = MessageTemplate.objects.create(**fields)
    TemplateText.objects.create(template=template, channel=channel, language=language, subject=subject, body=body)
    return template


def make_gateway(adapter: str = "sandbox_sms", **fields: Any) -> Gateway:
    fields.setdefault("name", f"Gateway {next(_numbers)}")
    config = fields.pop("config", {})
    gateway = Gateway(adapter=adapter, **fields)
    gateway.config = config
    gateway.save()
    return gateway


def make_robot(stage: Stage | None = None, *, body: str = "Order {order_number}", **fields: Any) -> Robot:
    """A robot that is on, with an SMS template; say `is_on=False` for the factory state."""
    channel = fields.setdefault("channel", Channel.SMS)
    fields.setdefault("name", f"Robot {next(_numbers)}")
    fields.setdefault("is_on", True)
    if "template" not in fields:
        fields["template"] = make_template(body, channel)
    return Robot.objects.create(stage=stage, **fields)


def make_user(role: str = "", **fields: Any) -> Any:
    """A member of staff in the group `role`; a superuser when `is_superuser` is given."""
    fields.setdefault("username", f"user{next(_numbers)}")
    user = get_user_model().objects.create_user(is_staff=True, password="secret", **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user
