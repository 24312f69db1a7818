"""Which messages a plan would bring, asked of the rooms above before anything is written."""

from django.utils import timezone

from locations.models import Client, Location
from locations.phones import ValidPhone
from orders.forecasts import Forecast, forecast
from orders.models import Order, StageChange, first_stage

from .examining import OrderBuilder
from .lookups import Lookups
from .plans import LocationPlan, Outcome, Plan, Verdict


def foresee(plan: Plan, source: str, lookups: Lookups, *, notify: bool) -> Forecast:
    """The forecast for the new and the moved orders of a plan, were it carried out now. Three queries at most."""
    placed = _placed(plan.of(Outcome.CREATED), source, lookups)
    moved = _moved([verdict for verdict in plan.of(Outcome.UPDATED) if verdict.stage], lookups)
    changes = placed + moved
    for change in changes:
        change.notify = notify
    return forecast(changes) if changes else Forecast()


def _placed(verdicts: list[Verdict], source: str, lookups: Lookups) -> list[StageChange]:
    clients = Client.objects.in_bulk([v.client.pk for v in verdicts if v.client.pk]) if verdicts else {}
    locations = Location.objects.in_bulk([v.location.pk for v in verdicts if v.location.pk]) if verdicts else {}
    start = first_stage(lookups.stages.values()) if verdicts else None
    build = OrderBuilder(source)
    changes = []
    for verdict in verdicts:
        client = clients.get(verdict.client.pk) or Client(name=verdict.location.client_name)
        location = locations.get(verdict.location.pk) or Location(pk=verdict.location.pk)
        _bring_up_to_date(location, verdict.location)
        order = build(verdict, client, location)
        if order.stage_id is None:
            order.stage = start
        changes.append(StageChange(order=order, to_stage=order.stage, at=timezone.now()))
    return changes


def _bring_up_to_date(location: Location, plan: LocationPlan) -> None:
    location.client_name, location.address, location.email = plan.client_name, plan.address, plan.email
    location.phone = ValidPhone(plan.phone) if plan.phone else ""


def _moved(verdicts: list[Verdict], lookups: Lookups) -> list[StageChange]:
    targets = {verdict.order_id: verdict.stage for verdict in verdicts}
    stages = {stage.pk: stage for stage in lookups.stages.values()}
    orders = Order.objects.select_related("client", "location", "department").filter(pk__in=targets) if targets else []
    changes = []
    for order in orders:
        old, order.stage = stages[order.stage_id], targets[order.pk]
        changes.append(StageChange(order=order, from_stage=old, to_stage=order.stage, at=timezone.now()))
    return changes
