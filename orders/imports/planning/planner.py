"""What would happen to each row: the one plan that the preview shows and the commit carries out."""

from collections.abc import Collection, Sequence
from typing import Any

from locations.models import Client, Location
from locations.rows.bulk_insert import Builder
from locations.values.phones import ValidPhone
from orders.models import Order, Stage

from .. import reasons
from ..columns import FIELDS, Target
from ..reading.cleaning import REMARKS, Values, clean_row, tidy
from ..reading.duplicates import standing_row
from ..reading.errors import Fault
from ..reading.lookups import Lookups
from ..reading.reading import Row
from .existing_rows import ClientsToCome, Known, Seeker, load_orders, load_others
from .file_news import kept, place_for, place_of, standing_at, told
from .plans import LocationPlan, Outcome, Plan, Verdict, as_stored
from .resolution import Settler

Expected = dict[tuple[str, str], LocationPlan]


def examine(
    rows: Sequence[Row],
    columns: Sequence[str],
    source: str,
    lookups: Lookups,
    *,
    expected: Expected | None = None,
    clients: ClientsToCome | None = None,
    refused: Collection[int] = (),
    lock: bool = False,
) -> Plan:
    """Judge rows of a file with these columns. `lock` holds the known orders until the transaction ends.

    `expected`, `clients`: what other rows of the file will make. `refused`: which of the earlier rows that these repeat
    were refused.
    """
    known = Known(locations=dict(expected or {}))
    known.clients.update({place.client.key: place.client for place in known.locations.values() if place.client})
    number_at = columns.index("orderNumber")
    load_orders(known, [tidy(row.cells[number_at]) for row in rows if not row.fault], columns, source, lock=lock)
    lookups.known_phones = {order["contact_phone"] for order in known.orders.values()}
    named = [(position, column) for position, column in enumerate(columns) if column]
    judged = _judge_rows(rows, named, lookups, number_at, set(refused))
    seekers = [
        Seeker(values, place_for(values, order), order)
        for values, faults in judged
        if not faults
        for order in [known.orders.get(values["orderNumber"])]
    ]
    if seekers:
        load_others(known, seekers, clients)
    planner, waiting = _Planner(known, lookups), iter(seekers)
    verdicts = [
        Verdict(row, Outcome.REFUSED, faults=faults) if faults else planner.judge(row, next(waiting))
        for row, (_values, faults) in zip(rows, judged, strict=True)
    ]
    return planner.settler.plan(verdicts)


def _judge_rows(
    rows: Sequence[Row], named: list[tuple[int, str]], lookups: Lookups, number_at: int, refused: set[int]
) -> list[tuple[Values, list[Fault]]]:
    """Of rows with one order number the first good one counts: those before it were refused, those behind repeat it."""
    judged = []
    for row in rows:
        standing = standing_row(row.earlier, refused) if row.earlier else None
        if standing is None:
            values, faults = _judge_cells(row, named, lookups)
        else:
            number = tidy(row.cells[number_at])
            values, faults = {}, [Fault("", reasons.REPEATED(number=number, earlier=standing))]
        if faults:
            refused.add(row.number)
        judged.append((values, faults))
    return judged


def _judge_cells(row: Row, named: list[tuple[int, str]], lookups: Lookups) -> tuple[Values, list[Fault]]:
    if row.fault:
        return {}, [Fault("", row.reason)]
    cells = row.cells
    return clean_row({column: cells[position] for position, column in named}, lookups)


class _Planner:
    """Goes through good rows in order; what it decides for one row, the next rows find as known."""

    def __init__(self, known: Known, lookups: Lookups) -> None:
        self.known = known
        self.lookups = lookups
        self.settler = Settler(known)
        self.order_fields = [*FIELDS[Target.ORDER].items(), ("plannedArrival", "planned_arrival")]

    def judge(self, row: Row, seeker: Seeker) -> Verdict:
        values, _place, order = seeker
        verdict = Verdict(row, Outcome.UNCHANGED, number=values["orderNumber"], notes=values.pop(REMARKS, []))
        verdict.location, verdict.client, notes = self.settler.settle(seeker)
        verdict.notes += notes
        if order is None:
            self._plan_new_order(verdict, values)
        else:
            self._compare_order(verdict, values, order)
        return verdict

    def _plan_new_order(self, verdict: Verdict, values: Values) -> None:
        verdict.outcome = Outcome.CREATED
        changes = {name: values[header] for header, name in self.order_fields if header in values}
        if "total" in changes and "currency" not in changes:
            changes["currency"] = self.lookups.place(values.get("department")).currency
        changes["file_said"] = told(values)
        verdict.changes = changes
        verdict.stage = values.get("stage")

    def _compare_order(self, verdict: Verdict, values: Values, order: dict[str, Any]) -> None:
        verdict.order_id = order["id"]
        said, before = told(values), order["file_said"]
        old_news = {name for name, value in said.items() if before.get(name) == value}
        for header, name in self.order_fields:
            if header in values:
                self._compare(verdict, name, values[header], order, is_news=name not in old_news)
        self._compare_stage(verdict, values.get("stage"), order, is_news="stage" not in old_news)
        self._compare_place(verdict, order, values)
        if verdict.changes or verdict.stage:
            verdict.outcome = Outcome.UPDATED
        if len(old_news) < len(said):
            verdict.said = {**before, **said}

    def _compare_stage(self, verdict: Verdict, stage: Stage | None, order: dict[str, Any], *, is_news: bool) -> None:
        if stage is None or stage.pk == order["stage_id"]:
            return
        if is_news:
            verdict.stage, verdict.old["stage"] = stage, order["stage_id"]
        else:  # an order moved on by hand, or by a robot, is not moved back by the same file
            stands = next((one.name for one in self.lookups.stages.values() if one.pk == order["stage_id"]), "")
            verdict.notes.append(kept("stage", stands, stage))

    def _compare_place(self, verdict: Verdict, order: dict[str, Any], values: Values) -> None:
        if verdict.where.pk is None or verdict.where.pk != order["location_id"]:
            verdict.changes["location"], verdict.old["location"] = verdict.location, order["location_id"]
        elif place_of(values) != standing_at(order):
            verdict.notes.append(kept("address", order["location__address"], values["address"]))
        if verdict.whose.pk is None or verdict.whose.pk != order["client_id"]:
            verdict.changes["client"], verdict.old["client"] = verdict.client, order["client_id"]

    @staticmethod
    def _compare(verdict: Verdict, name: str, value: Any, order: dict[str, Any], *, is_news: bool) -> None:
        attribute, stored = as_stored(name, value)
        old = order[attribute]
        if stored == old:
            return
        if is_news:
            verdict.changes[name], verdict.old[name] = value, old
        else:
            verdict.notes.append(kept(name, old, value))


class OrderBuilder:
    """Makes unsaved orders as rows describe them, each with its client and location."""

    def __init__(self, source: str) -> None:
        self.build = Builder(Order)
        self.source = source

    def __call__(self, verdict: Verdict, client: Client, location: Location) -> Order:
        fields = dict(verdict.changes)
        if phone := fields.get("contact_phone"):
            fields["contact_phone"] = ValidPhone(phone)
        if verdict.stage:
            fields["stage"] = verdict.stage
        return self.build(source=self.source, number=verdict.number, client=client, location=location, **fields)
