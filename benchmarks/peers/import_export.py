"""django-import-export at its best: bulk mode, unchanged rows skipped, look-ups cached, our readers in its widgets."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import tablib
from django.utils import timezone
from import_export import fields, resources, widgets
from import_export.instance_loaders import CachedInstanceLoader
from phonenumber_field.phonenumber import to_python

from benchmarks.imports import HEADERS
from locations.models import Client, ContactKind, ContactPoint, Location
from orders.imports.columns import BY_HEADER, Target
from orders.imports.reading import cells
from orders.imports.reading.lookups import Lookups, Place
from orders.models import Order, Stage, StageChange, first_stage
from orders.signals import orders_moved

SOURCE = "peer"
BATCH = 500
KNOWN = [
    column
    for column in map(BY_HEADER.__getitem__, HEADERS.split(";"))
    if column.target is Target.ORDER or column.header == "orderNumber"
]


class Cell(widgets.Widget):
    """Reads a cell with the very reader that our import uses."""

    def __init__(self, read: cells.Reader, place: Place) -> None:
        super().__init__()
        self.read = read
        self.place = place

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> Any:
        return self.read(value, self.place) if value else ""


class Phone(widgets.Widget):
    """Parsed and checked once, by the library of the model's field."""

    def __init__(self, country: str) -> None:
        super().__init__()
        self.country = country

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> Any:
        phone = to_python(value, region=self.country)
        if phone and not phone.is_valid():
            raise ValueError(f"“{value}” is not a phone number.")
        return phone


class Amount(Cell):
    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> Decimal | None:
        return self.read(value, self.place) if value else None


class Orders(resources.ModelResource):
    """Orders with a location and a client each, made beforehand in bulk, found in a dictionary."""

    class Meta:
        model = Order
        import_id_fields = ["number"]
        fields = [column.field for column in KNOWN]
        instance_loader_class = CachedInstanceLoader
        use_bulk = True
        batch_size = BATCH
        skip_unchanged = True
        report_skipped = False
        skip_diff = True
        skip_html_diff = True
        use_transactions = True

    def __init__(self) -> None:
        super().__init__()
        self.lookups = Lookups.load()
        self.stage = first_stage(Stage.objects.all())
        place = self.lookups.place(None)
        widgets_of = {"contactPhone": Phone(place.country), "total": Amount(cells.amount, place)}
        for column in KNOWN:
            widget = widgets_of.get(column.header) or Cell(column.read, place)
            name = column.field
            self.fields[name] = fields.Field(attribute=name, column_name=column.header, widget=widget)

    def get_queryset(self) -> Any:
        return Order.objects.filter(source=SOURCE)

    def before_import(self, dataset: tablib.Dataset, **_kwargs: Any) -> None:
        """Locations, clients and contacts that are not there yet, in batches."""
        self.locations = {(place.client_name, place.address): place for place in Location.objects.all()}
        rows = dataset.dict
        fresh = {
            (row["clientName"], row["address"]): row
            for row in rows
            if (row["clientName"], row["address"]) not in self.locations
        }
        clients = Client.objects.bulk_create([Client(name=name) for name, _address in fresh], batch_size=BATCH)
        phones = [self.fields["contact_phone"].widget.clean(row["contactPhone"]) for row in fresh.values()]
        ContactPoint.objects.bulk_create(
            [
                ContactPoint(client=client, kind=kind, value=value)
                for client, phone, row in zip(clients, phones, fresh.values(), strict=True)
                for kind, value in ((ContactKind.PHONE, phone.as_e164), (ContactKind.EMAIL, row["contactEmail"]))
            ],
            batch_size=BATCH,
        )
        made = Location.objects.bulk_create(
            [
                Location(client=client, client_name=name, address=address, phone=phone, email=row["contactEmail"])
                for client, phone, ((name, address), row) in zip(clients, phones, fresh.items(), strict=True)
            ],
            batch_size=BATCH,
        )
        self.locations |= {(place.client_name, place.address): place for place in made}

    def before_save_instance(self, instance: Order, row: Any, **_kwargs: Any) -> None:
        place = self.locations[row["clientName"], row["address"]]
        instance.location_id, instance.client_id = place.pk, place.client_id
        if instance.pk is None:
            instance.source = SOURCE
            instance.stage = self.stage
            instance.stage_entered_at = timezone.now()

    def bulk_create(self, *args: Any, **kwargs: Any) -> None:
        orders = list(self.create_instances)
        super().bulk_create(*args, **kwargs)
        now = timezone.now()
        for start in range(0, len(orders), BATCH):
            changes = [
                StageChange(order=order, to_stage=self.stage, at=now, cause="import", notify=False)
                for order in orders[start : start + BATCH]
            ]
            StageChange.objects.bulk_create(changes)
            orders_moved.send(Order, changes=changes)


def import_file(path: Path) -> None:
    """Import a UTF-8 file with semicolons. Raises AssertionError when a row was refused."""
    dataset = tablib.Dataset().load(path.read_text(encoding="utf-8"), format="csv", delimiter=";")
    result = Orders().import_data(dataset, raise_errors=False, collect_failed_rows=False)
    assert not result.has_errors(), (result.base_errors or result.row_errors())[:1]
