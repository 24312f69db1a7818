"""Ways to send a file in: through the command, or through the page with the worker's part done at once."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from locations.values.reasons import Reason
from orders.imports.models import Import

FAULTS = Path(__file__).parent / "files" / "faults"
ROW = {"orderNumber": "A-1", "clientName": "Anna Nowak", "address": "Long Street 5"}


def table(*rows: Mapping[str, str], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """A CSV file; each row is filled up with an order number of its own, a client and an address."""
    full = [{**ROW, "orderNumber": f"A-{position}", **row} for position, row in enumerate(rows, 1)]
    headers = list(dict.fromkeys(header for row in full for header in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, headers, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(full)
    return text.getvalue().encode(encoding)


def fault(name: str) -> bytes:
    """A file that once went wrong."""
    return (FAULTS / f"{name}.csv").read_bytes()


def run_command(folder: Path, content: bytes, *options: str) -> list[str]:
    """The lines that `manage.py import_orders` prints."""
    path = folder / "orders.csv"
    path.write_bytes(content)
    said = io.StringIO()
    call_command("import_orders", str(path), *options, stdout=said)
    return said.getvalue().splitlines()


def upload(client: Client, content: bytes, *, name: str = "orders.csv", check: bool = True, **answers: Any) -> Import:
    """The import that the form makes; with `check` the worker has looked at it already."""
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    answer = client.post(reverse("admin:imports_import_add"), {"source": "file", **answers, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    if check:
        run_tasks()
    return Import.objects.order_by("-pk")[0]


def press(client: Client, button: str, run: Import, **fields: Any) -> Import:
    """Press one of the page's buttons: commit, cancel, continue or answers."""
    assert client.post(reverse(f"admin:imports_import_{button}", args=[run.pk]), fields).status_code == 302
    return Import.objects.get(pk=run.pk)


def send(client: Client, content: bytes, **answers: Any) -> Import:
    """Upload, look, press "Import", and let the worker finish."""
    run = press(client, "commit", upload(client, content, **answers))
    run_tasks()
    return Import.objects.get(pk=run.pk)


def run_tasks(limit: int | None = None) -> int:
    """Do what is asked of the worker until nothing is left, or `limit` tasks; how many were done."""
    done = 0
    while (limit is None or done < limit) and (task := OrmQ.objects.order_by("pk").first()):
        wanted = SignedPackage.loads(task.payload)
        import_string(wanted["func"])(*wanted["args"])
        task.delete()
        done += 1
    return done


def counts(run: Import) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, refused: of the report once there is one, else of the preview."""
    found = run.report or run.preview
    return tuple(found[name] for name in ("created", "updated", "unchanged", "refused"))


def notes(run: Import) -> list[str]:
    """The remarks on what was read: of the report once there is one, else of the preview."""
    return [str(Reason(text)) for _row, _number, text in (run.report or run.preview)["notes"]]


def faults(run: Import) -> list[tuple[int, str, str]]:
    """(row number, column, sentence) of everything refused."""
    stored: Iterable[Any] = run.chunks.values_list("refused", flat=True)
    return [(row, column, str(Reason(text))) for chunk in stored for row, pairs in chunk for column, text in pairs]
