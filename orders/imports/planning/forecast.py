"""Which messages a plan would bring, asked of the rooms above before anything is written."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from locations.models import Client, Location
from locations.values.phones import ValidPhone
from orders.forecasts import Forecast, forecast
from orders.models import Order, StageChange, first_stage

from ..reading.lookups import Lookups
from .planner import OrderBuilder
from .plans import ClientPlan, LocationPlan, Outcome, Plan, Verdict


def foresee(plan: Plan, source: str, lookups: Lookups, *, notify: bool) -> Forecast:
    """The forecast for the new and the moved orders of a plan, were it carried out now. Three queries at most."""
    created = plan.of(Outcome.CREATED)
    restless = [verdict for verdict in plan.of(Outcome.UPDATED) if verdict.is_restless]
    if not created and not restless:
        return Forecast()
    people = _People([*created, *restless])
    orders = _known_orders(restless, people)
    changes = _placed(created, source, lookups, people) + _moved(restless, orders, lookups)
    for change in changes:
        change.notify = notify
    arrivals = [orders[v.order_id] for v in restless if "planned_arrival" in v.changes and v.order_id in orders]
    return forecast(changes, arrivals, notify=notify)


class _People:
    """The clients and locations that verdicts name, each as it would be."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        self.clients = Client.objects.in_bulk([v.whose.pk for v in verdicts if v.whose.pk])
        self.locations = Location.objects.in_bulk([v.where.pk for v in verdicts if v.where.pk])

    def client(self, plan: ClientPlan) -> Client:
        client = self.clients.get(plan.pk) or Client(name=plan.fields.get("name", ""))
        client.language = client.language or plan.fields.get("language", "")
        return client

    def location(self, plan: LocationPlan) -> Location:
        location = self.locations.get(plan.pk) or Location(pk=plan.pk)
        location.client_name, location.address, location.email = plan.client_name, plan.address, plan.email
        location.phone = ValidPhone(plan.phone) if plan.phone else ""
        return location


def _placed(verdicts: Sequence[Verdict], source: str, lookups: Lookups, people: _People) -> list[StageChange]:
    start = first_stage(lookups.stages.values()) if verdicts else None
    build = OrderBuilder(source)
    changes = []
    for verdict in verdicts:
        order = build(verdict, people.client(verdict.whose), people.location(verdict.where))
        if order.stage_id is None:
            order.stage = start
        changes.append(StageChange(order=order, to_stage=order.stage, at=timezone.now()))
    return changes


def _known_orders(verdicts: Sequence[Verdict], people: _People) -> dict[int, Order]:
    """The orders by key, as they will be: what the file changes is changed, but for the stage."""
    known = Order.objects.select_related("department", "stage").in_bulk([verdict.order_id for verdict in verdicts])
    for verdict in verdicts:
        if order := known.get(verdict.order_id):
            order.client, order.location = people.client(verdict.whose), people.location(verdict.where)
            for name, value in verdict.changes.items():
                if name not in {"client", "location"}:
                    setattr(order, name, _ready(name, value))
    return known


def _ready(name: str, value: Any) -> Any:
    return ValidPhone(value) if name == "contact_phone" else value


def _moved(verdicts: Sequence[Verdict], orders: dict[int, Order], lookups: Lookups) -> list[StageChange]:
    stages = {stage.pk: stage for stage in lookups.stages.values()}
    changes = []
    for verdict in verdicts:
        order = orders.get(verdict.order_id) if verdict.order_id is not None else None
        if order is not None and verdict.stage:
            old, order.stage = stages[order.stage_id], verdict.stage
            changes.append(StageChange(order=order, from_stage=old, to_stage=verdict.stage, at=timezone.now()))
    return changes
