"""What would happen to each row: the one plan that the preview shows and the commit carries out."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from locations.bulk import Builder
from locations.models import Client, ClientKind, Location
from locations.phones import ValidPhone
from orders.models import Order

from .cleaning import Values, clean_row, tidy
from .columns import FIELDS, Target
from .faults import Fault
from .known import Known, load_orders, load_others
from .lookups import Lookups
from .plans import ClientPlan, LocationPlan, Outcome, Plan, Verdict
from .reading import Row

_ORDER_FIELDS = list(FIELDS[Target.ORDER].items())
_CLIENT_FIELDS = list(FIELDS[Target.CLIENT].items())
Expected = dict[tuple[str, str], LocationPlan]


def examine(
    rows: Sequence[Row],
    columns: Sequence[str],
    source: str,
    lookups: Lookups,
    *,
    expected: Expected | None = None,
    lock: bool = False,
) -> Plan:
    """Judge rows of a file with these columns. `lock` holds the known orders until the transaction ends."""
    known = Known(locations=dict(expected or {}))
    number_at = columns.index("orderNumber")
    load_orders(known, [tidy(row.cells[number_at]) for row in rows if not row.fault], columns, source, lock=lock)
    lookups.known_phones = {order["contact_phone"] for order in known.orders.values()}
    named = [(position, column) for position, column in enumerate(columns) if column]
    judged = [_judge_cells(row, named, lookups) for row in rows]
    good = [values for values, faults in judged if not faults]
    if good:
        load_others(known, good)
    planner = _Planner(known, lookups)
    verdicts = [
        Verdict(row, Outcome.REFUSED, faults=faults) if faults else planner.judge(row, values)
        for row, (values, faults) in zip(rows, judged, strict=True)
    ]
    return Plan(verdicts, list(planner.locations.values()), list(planner.clients.values()), planner.companies)


def _judge_cells(row: Row, named: list[tuple[int, str]], lookups: Lookups) -> tuple[Values, list[Fault]]:
    if row.fault:
        return {}, [Fault("", row.fault)]
    cells = row.cells
    return clean_row({column: cells[position] for position, column in named}, lookups)


class _Planner:
    """Goes through good rows in order; what it decides for one row, the next rows find as known."""

    def __init__(self, known: Known, lookups: Lookups) -> None:
        self.known = known
        self.lookups = lookups
        self.locations: dict[int, LocationPlan] = {}  # by identity: each once, in order of appearance
        self.clients: dict[int, ClientPlan] = {}
        self.companies: list[ClientPlan] = []

    def judge(self, row: Row, values: Values) -> Verdict:
        verdict = Verdict(row, Outcome.UNCHANGED, number=values["orderNumber"])
        location = verdict.location = self._location(values)
        order = self.known.orders.get(verdict.number)
        stays = order is not None and order["location_id"] == location.pk
        client = verdict.client = self._client(values, location, order["client_id"] if stays else None)
        if location.client is None:
            location.client = client
            if not location.is_expected:
                location.changes["client"] = client
        self._update_location(verdict, values)
        self._update_client(client, values)
        if order is None:
            self._plan_new_order(verdict, values)
        else:
            self._compare_order(verdict, values, order)
        return verdict

    # --- Where it goes (A6-A8) ---

    def _location(self, values: Values) -> LocationPlan:
        """The one with exactly this client name and address (A7), else a new one."""
        key = values["clientName"], values["address"]
        location = self.known.locations.get(key)
        if location is None:
            location = self.known.locations[key] = LocationPlan(*key)
        return location

    def _update_location(self, verdict: Verdict, values: Values) -> None:
        location = verdict.location
        email, phone = values.get("contactEmail", ""), values.get("contactPhone", "")
        if email and not location.email:
            location.set("email", email)  # A8
        elif email and email != location.email:
            verdict.notes.append(
                _("The location keeps its e-mail %(kept)s; the order has %(new)s.")
                % {"kept": location.email, "new": email}
            )
        if phone and not location.phone:
            location.set("phone", phone)
        zone, district = values.get("zone"), values.get("district", "")
        if zone and zone.pk != location.zone_id:
            location.set("zone_id", zone.pk)
        if district and district != location.district:
            location.set("district", district)
        if location.changes or location.is_new:
            self.locations[id(location)] = location

    # --- Whose it is (decision 6) ---

    def _client(self, values: Values, location: LocationPlan, client_id: int | None) -> ClientPlan:
        external_id = values.get("clientId", "")
        if external_id and external_id in self.known.by_external_id:
            return self.known.by_external_id[external_id]
        name_and_phone = values["clientName"], values.get("contactPhone", "")
        for client in (
            self.known.client(client_id) if client_id else None,
            location.client,
            self.known.by_name_and_phone.get(name_and_phone) if name_and_phone[1] else None,
        ):
            if client and not (external_id and client.fields.get("external_id")):
                return client
        client = self._new_client(values)
        if name_and_phone[1]:
            self.known.by_name_and_phone[name_and_phone] = client
        return client

    def _new_client(self, values: Values) -> ClientPlan:
        is_company = values.get("company") == values["clientName"]
        kind = ClientKind.COMPANY if is_company else ClientKind.PERSON
        client = ClientPlan(
            fields={"name": values["clientName"], "kind": kind.value},
            phone=values.get("contactPhone", ""),
            email=values.get("contactEmail", ""),
        )
        self.clients[id(client)] = client
        return client

    def _update_client(self, client: ClientPlan, values: Values) -> None:
        """Fill what is still empty in the client's card."""
        for header, name in _CLIENT_FIELDS:
            if header in values and not client.fields.get(name):
                self._set(client, name, values[header])
                if name == "external_id":
                    self.known.by_external_id[values[header]] = client
        name = values.get("company")
        if name and name != values["clientName"] and not client.fields.get("company_id") and client.company is None:
            client.company = self._company(name)
            self._set(client, "company", client.company)

    def _set(self, client: ClientPlan, name: str, value: Any) -> None:
        client.fields[name] = value
        if client.pk is not None:
            client.changes[name] = value
            self.clients[id(client)] = client

    def _company(self, name: str) -> ClientPlan:
        company = self.known.companies.get(name)
        if company is None:
            company = ClientPlan(fields={"name": name, "kind": ClientKind.COMPANY.value})
            self.known.companies[name] = company
            self.companies.append(company)
        return company

    # --- The order itself ---

    def _plan_new_order(self, verdict: Verdict, values: Values) -> None:
        verdict.outcome = Outcome.CREATED
        changes = {name: values[header] for header, name in _ORDER_FIELDS if header in values}
        if "total" in changes and "currency" not in changes:
            changes["currency"] = self.lookups.place(values.get("department")).currency
        if "plannedArrival" in values:
            changes["planned_arrival"] = values["plannedArrival"]
        verdict.changes = changes
        verdict.stage = values.get("stage")

    def _compare_order(self, verdict: Verdict, values: Values, order: dict[str, Any]) -> None:
        verdict.order_id = order["id"]
        for header, name in _ORDER_FIELDS:
            if header in values:
                self._compare(verdict, name, values[header], order)
        if "plannedArrival" in values:
            self._compare(verdict, "planned_arrival", values["plannedArrival"], order)
        stage = values.get("stage")
        # What a file said before is no news: an order moved on by hand is not moved back by the same file.
        if stage is not None and stage.pk not in (order["stage_id"], order["told_stage_id"]):
            verdict.stage, verdict.old["stage"] = stage, order["stage_id"]
        if verdict.location.pk is None or verdict.location.pk != order["location_id"]:
            verdict.changes["location"], verdict.old["location"] = verdict.location, order["location_id"]
        if verdict.client.pk is None or verdict.client.pk != order["client_id"]:
            verdict.changes["client"], verdict.old["client"] = verdict.client, order["client_id"]
        if verdict.changes or verdict.stage:
            verdict.outcome = Outcome.UPDATED

    @staticmethod
    def _compare(verdict: Verdict, name: str, value: Any, order: dict[str, Any]) -> None:
        is_key = name == "department"
        old = order["department_id"] if is_key else order[name]
        if (value.pk if is_key else value) != old:
            verdict.changes[name], verdict.old[name] = value, old


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
