"""Where an order goes and whose it is (A6-A8, decision 6): one answer for a file's rows and for the order's form."""

from collections.abc import Iterator
from typing import Any

from locations.models import ClientKind
from locations.values.reasons import Reason

from .. import reasons
from ..columns import FIELDS, Target
from ..reading.cleaning import Values
from .existing_rows import Known, Place, Seeker
from .plans import ClientPlan, LocationPlan, Plan, Verdict, as_stored


class Settler:
    """Gives each order its location and its client; what it decides for one, the next find as known."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.locations: dict[int, LocationPlan] = {}  # by identity: each once, in order of appearance
        self.clients: dict[int, ClientPlan] = {}
        self.companies: list[ClientPlan] = []

    def settle(self, seeker: Seeker) -> tuple[LocationPlan, ClientPlan, list[Reason]]:
        """Location, client and remarks."""
        values, place, order = seeker
        location = self._location(place)
        client = self._client(values, location, order)
        if location.client is None:
            location.client = client
            if not location.is_expected:
                location.changes["client"] = client
        notes = self._update_location(location, values)
        self._update_client(client, values)
        return location, client, notes

    def plan(self, verdicts: list[Verdict]) -> Plan:
        """The verdicts with all that their orders need."""
        return Plan(verdicts, list(self.locations.values()), list(self.clients.values()), self.companies)

    # --- Where it goes (A6-A8) ---

    def _location(self, place: Place) -> LocationPlan:
        """The one with exactly this client name and address (A7), else a new one."""
        location = self.known.locations.get(place)
        if location is None:
            location = self.known.locations[place] = LocationPlan(*place)
        return location

    def _update_location(self, location: LocationPlan, values: Values) -> list[Reason]:
        notes = []
        email, phone = values.get("contactEmail", ""), values.get("contactPhone", "")
        if email and not location.email:
            location.set_contact("email", email)  # A8
        elif email and email != location.email.lower():
            notes.append(reasons.EMAIL_KEPT(kept=location.email, new=email))
        if phone and not location.phone:
            location.set_contact("phone", phone)
        for header, name in FIELDS[Target.LOCATION].items():
            if header in values:
                location.set_field(*as_stored(name, values[header]))
        if location.changes or location.is_new:
            self.locations[id(location)] = location
        return notes

    # --- Whose it is (decision 6) ---

    def _client(self, values: Values, location: LocationPlan, order: dict[str, Any] | None) -> ClientPlan:
        external_id = values.get("clientId", "")
        if external_id and external_id in self.known.by_external_id:
            return self.known.by_external_id[external_id]
        phone = values.get("contactPhone", "") or (order["contact_phone"] if order else "")
        for client in self._candidates(location, phone, order):
            if client and not (external_id and client.fields.get("external_id")):
                return client
        client = self._new_client(values, location)
        if phone:
            self.known.by_name_and_phone[location.client_name, phone] = client
        return client

    def _candidates(
        self, location: LocationPlan, phone: str, order: dict[str, Any] | None
    ) -> Iterator[ClientPlan | None]:
        """Whose it could be, the surest first. A corrected address or phone makes a stranger of nobody: an order stays
        with its client as long as the name does.
        """
        own = self.known.client(order["client_id"]) if order else None
        if order and order["location_id"] == location.pk:
            yield own
        yield location.client
        namesake = order if order and order["location__client_name"] == location.client_name else None
        if namesake and phone == namesake["contact_phone"]:
            yield own
        if phone:
            yield self.known.by_name_and_phone.get((location.client_name, phone))
        if namesake:
            yield own

    def _new_client(self, values: Values, location: LocationPlan) -> ClientPlan:
        is_company = values.get("company") == location.client_name
        kind = ClientKind.COMPANY if is_company else ClientKind.PERSON
        client = ClientPlan(
            fields={"name": location.client_name, "kind": kind.value},
            phone=values.get("contactPhone", ""),
            email=values.get("contactEmail", ""),
            is_expected=location.is_expected,
        )
        self.clients[id(client)] = client
        return client

    def _update_client(self, client: ClientPlan, values: Values) -> None:
        """Fill what is still empty in the client's card."""
        for header, field in FIELDS[Target.CLIENT].items():
            if header not in values:
                continue
            name, value = as_stored(field, values[header])
            if not client.fields.get(name):
                self._set(client, name, value)
                if name == "external_id":
                    self.known.by_external_id[value] = client
        company = values.get("company")
        if not company or company == values["clientName"]:
            return
        if not client.fields.get("company_id") and client.company is None:
            client.company = self._company(company)
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
