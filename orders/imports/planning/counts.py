"""Counting what a plan does: the numbers and the examples that the preview, the report and the command show."""

import datetime
from collections import Counter
from typing import Any

from django.utils import timezone

from orders.forecasts import Forecast
from orders.models import Stage

from ..reading.lookups import Lookups
from .plans import ClientPlan, LocationPlan, Outcome, Plan, Verdict

Tally = dict[str, Any]
EXAMPLES = 100  # kept of each kind, the first ones
_LISTS = {"updates", "places", "notes"}


def tally(plan: Plan, lookups: Lookups, forecast: Forecast | None = None) -> Tally:
    """Counts by name; `updates` [[row, number, [[what, old, new], ...]], ...], `places` [[name, address], ...] and
    `notes` [[row, number, sentence], ...] are examples.
    """
    counted = Counter(verdict.outcome.value for verdict in plan.verdicts)
    found: Tally = {outcome.value: counted[outcome.value] for outcome in Outcome}
    found["new_locations"] = len(plan.new_locations)
    found["updated_locations"] = len(plan.changed_locations)
    found["new_clients"] = len(plan.new_clients)
    found["noted"] = sum(len(verdict.notes) for verdict in plan.verdicts)
    stages = {stage.pk: stage for stage in lookups.stages.values()}
    found["updates"] = [
        [verdict.row.number, verdict.number, _differences(verdict, stages)]
        for verdict in plan.of(Outcome.UPDATED)[:EXAMPLES]
    ]
    found["places"] = [[place.client_name, place.address] for place in plan.new_locations[:EXAMPLES]]
    found["notes"] = [[v.row.number, v.number, note] for v in plan.verdicts if v.notes for note in v.notes][:EXAMPLES]
    if forecast is not None:
        found["will_follow"] = forecast.will_follow
        found["reasons"] = {str(reason): count for reason, count in forecast.reasons.items()}
    return found


def add(total: Tally, more: Tally) -> Tally:
    """The sum of two tallies; of examples the first are kept."""
    summed = dict(total)
    for name, value in more.items():
        if name in _LISTS:
            summed[name] = [*total.get(name, []), *value][:EXAMPLES]
        elif name == "reasons":
            summed[name] = dict(Counter(total.get(name, {})) + Counter(value))
        else:
            summed[name] = total.get(name, 0) + value
    return summed


def refusals(plan: Plan) -> list[list[Any]]:
    """What `ImportChunk.refused` keeps: [[row number, [[column, sentence], ...]], ...]."""
    return [[v.row.number, [list(fault) for fault in v.faults]] for v in plan.of(Outcome.REFUSED)]


def _differences(verdict: Verdict, stages: dict[int, Stage]) -> list[list[str]]:
    told = [
        [name, _told(verdict.old[name]), _told(value)]
        for name, value in verdict.changes.items()
        if name not in {"location", "client"}
    ]
    if verdict.stage:
        told.append(["stage", _told(stages.get(verdict.old["stage"])), _told(verdict.stage)])
    if "location" in verdict.changes:
        told.append(["location", "", f"{verdict.where.client_name}, {verdict.where.address}"])
    if "client" in verdict.changes:
        told.append(["client", "", _client_name(verdict.whose, verdict.where)])
    return told


def _client_name(client: ClientPlan, location: LocationPlan) -> str:
    return client.fields.get("external_id") or client.fields.get("name") or location.client_name


def _told(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
    return str(value)
