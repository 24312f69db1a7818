"""Counting what a plan does: the numbers and the examples that the preview, the report and the command show."""

import datetime
from collections import Counter
from itertools import islice
from typing import Any

from django.utils import timezone

from orders.forecasts import Forecast
from orders.models import Stage

from ..reading.lookups import Lookups
from .plans import ClientPlan, LocationPlan, Outcome, Plan, Verdict

Tally = dict[str, Any]
EXAMPLES = 100  # kept of each kind, the first ones
FAULT_CHUNKS = "fault_chunks"
_LISTS = {"updates", "places", "notes"}
_BY_CODE = {"reasons", "faults"}


def tally(plan: Plan, lookups: Lookups, forecast: Forecast | None = None) -> Tally:
    """Counts by name; `updates` [[row, number, [[what, old, new], ...]], ...], `places` [[name, address], ...] and
    `notes` [[row, number, reason's text], ...] are examples. `faults` and `reasons` count by code.
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
    notes = ((v.row.number, v.number, note) for v in plan.verdicts if v.notes for note in v.notes)
    found["notes"] = [[row, number, note.text] for row, number, note in islice(notes, EXAMPLES)]
    found["faults"] = Counter(fault.reason.code for verdict in plan.of(Outcome.REFUSED) for fault in verdict.faults)
    if forecast is not None:
        found["will_follow"] = forecast.will_follow
        found["reasons"] = dict(forecast.reasons)
    return found


def add(total: Tally, more: Tally) -> Tally:
    """The sum of two tallies; of examples the first are kept."""
    summed = dict(total)
    for name, value in more.items():
        if name in _LISTS:
            summed[name] = [*total.get(name, []), *value][:EXAMPLES]
        elif name in _BY_CODE:
            summed[name] = dict(Counter(total.get(name, {})) + Counter(value))
        elif name == FAULT_CHUNKS:
            summed[name] = _add_places(total.get(name, {}), value)
        else:
            summed[name] = total.get(name, 0) + value
    return summed


def in_chunk(found: Tally, position: int) -> Tally:
    """The tally of one chunk, with its position for each code of its faults: there its examples are looked up."""
    return {**found, FAULT_CHUNKS: {code: [position] for code in found["faults"]}}


def _add_places(total: dict[str, list[int]], more: dict[str, list[int]]) -> dict[str, list[int]]:
    return {code: [*total.get(code, []), *more.get(code, [])][:EXAMPLES] for code in total | more}


def refusals(plan: Plan) -> list[list[Any]]:
    """What `ImportChunk.refused` keeps: [[row number, [[column, reason's text], ...]], ...]."""
    return [
        [verdict.row.number, [[column, reason.text] for column, reason in verdict.faults]]
        for verdict in plan.of(Outcome.REFUSED)
    ]


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
