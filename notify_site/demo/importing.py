"""The demo's orders come in as anybody's do: from files, through the import, with a report that stays."""

from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from locations import consent
from locations.models import Channel, Client, Location, Purpose, Suppression
from locations.values.reasons import in_words
from orders.imports.models import Import
from orders.imports.running import chunks
from orders.imports.running.upload import receive
from orders.models import Order

from .made import remember

SOURCE = "demo"
FILES = [Path(__file__).parent / "files" / name for name in ("zamowienia.csv", "zakazy.csv")]
OPTED_OUT = "DEMO-PL-13"


def import_files() -> list[list[Order]]:
    """Each file's orders, in its order, all on the first stage and without a word to anybody.

    Must be called in a transaction: the clients are marked as the demo's before anybody can see them.
    """
    return [import_file(path) for path in FILES]


def import_file(path: Path) -> list[Order]:
    started = timezone.now()
    run = Import(file_name=path.name, source=SOURCE)
    with path.open("rb") as file:
        receive(file, path.stat().st_size, run)
    chunk = chunks.next_chunk(run)
    while chunk:
        chunk = chunks.check_chunk(chunk.pk)
    chunk = chunks.begin_commit(run)
    while chunk:
        chunk = chunks.commit_chunk(chunk.pk)
    orders = Order.objects.filter(source=SOURCE, created_at__gte=started).order_by("pk")
    claim_people(started, list(orders))
    remember([run, *orders])
    return list(orders.select_related("client__company", "location", "department", "stage"))


def claim_people(started: object, orders: list[Order]) -> None:
    """Clients, companies and places that came with these orders are the demo's: sandbox only, whatever happens."""
    ordered = Q(orders__in=orders) | Q(people__orders__in=orders)
    clients = Client.objects.filter(ordered, created_at__gte=started).distinct()
    remember(clients)
    remember(Location.objects.filter(orders__in=orders, created_at__gte=started).distinct())
    Client.objects.filter(pk__in=[client.pk for client in clients]).update(is_demo=True)


def opt_out() -> None:
    """One client wants no SMS: the skipped steps say so."""
    known = set(Suppression.objects.values_list("pk", flat=True))
    client = Client.objects.filter(external_id=OPTED_OUT, is_demo=True).first()
    if client is not None:
        consent.record_opt_out(client, Channel.SMS, Purpose.SERVICE, in_words("Restauracja Testowa"))
        remember(Suppression.objects.exclude(pk__in=known))
