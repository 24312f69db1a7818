"""What the import's page shows: how far it is, what was refused and why, what is in the way."""

import datetime
import time
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.status import Stat

from locations.values.reasons import Reason, kind_of

from ..models import Import, ImportState
from ..planning.counts import FAULT_CHUNKS, Tally
from ..reading.encodings import LABELS

SHOWN_REFUSED = 100
STALLED = datetime.timedelta(seconds=60)
SILENCE = 30  # seconds
WAKE_UP = datetime.timedelta(seconds=5)


@dataclass(frozen=True)
class Progress:
    """How far the check or the commit is; `rate` in rows a second, `seconds_left` None while it cannot be said."""

    done: int
    total: int
    percent: int
    rate: int
    seconds_left: int | None


def progress(run: Import) -> Progress:
    spent = (run.moved_at - run.started_at).total_seconds() if run.moved_at and run.started_at else 0.0
    rate = run.done_rows / spent if spent > 0 else 0.0
    left = round((run.row_count - run.done_rows) / rate) if rate else None
    percent = 100 * run.done_rows // run.row_count if run.row_count else 0
    return Progress(run.done_rows, run.row_count, percent, round(rate), left)


def obstacle(run: Import) -> str:
    """Why nothing moves, in a sentence; "" when all is well."""
    if not run.is_working or not run.moved_at:
        return ""
    still = timezone.now() - run.moved_at
    if still > WAKE_UP and not is_worker_alive():
        return _("No worker is running, so nothing moves. Start it with “make run” or “python manage.py qcluster”.")
    if still > STALLED:
        return _("Nothing has moved for %(minutes)d min. Press “Continue” to ask once more.") % {
            "minutes": max(1, round(still.total_seconds() / 60))
        }
    return ""


def is_worker_alive() -> bool:
    """Whether any worker on this machine has shown life lately; one that waits for the database still does."""
    beat = settings.DATA_DIR / "worker.beat"
    return bool(Stat.get_all()) or (beat.exists() and abs(time.time() - beat.stat().st_mtime) < SILENCE)


def kinds_of_faults(found: Tally) -> list[dict[str, Any]]:
    """What refused cells, the most frequent first: code, title and how many cells."""
    counted = sorted(found.get("faults", {}).items(), key=lambda fault: -fault[1])
    return [{"code": code, "title": kind_of(code).title, "count": count} for code, count in counted]


def refused_cells(run: Import, found: Tally, code: str = "") -> list[dict[str, Any]]:
    """The first refused cells, of one kind if a code is given: row, order number, column, cell and reason.

    A fault of the row shows all of it.
    """
    if not (run.preview.get("refused") or run.report.get("refused")):
        return []  # without a look at all the chunks
    columns = run.layout.get("columns", [])
    chunks = run.chunks.exclude(refused=[]).order_by("position")
    if code:
        chunks = chunks.filter(position__in=found.get(FAULT_CHUNKS, {}).get(code, []))
    cells = (
        _refused_cell(number, rows[number], columns, column, reason)
        for chunk in chunks.iterator(chunk_size=1)
        for rows in [{row[0]: row[1] for row in chunk.rows}]
        for number, faults in chunk.refused
        for column, reason in ((column, Reason(text)) for column, text in faults)
        if not code or reason.code == code
    )
    return list(islice(cells, SHOWN_REFUSED))


def _refused_cell(number: int, cells: list[str], columns: list[str], column: str, reason: Reason) -> dict[str, Any]:
    named = dict(zip(columns, cells, strict=True)) if len(cells) == len(columns) else {}
    return {
        "row": number,
        "order": named.get("orderNumber", ""),
        "column": column,
        "cell": named.get(column, "") if column else " · ".join(filter(None, cells)),
        "reason": reason,
    }


def recognised(run: Import) -> dict[str, Any]:
    """What was understood of the file, in words."""
    layout = run.layout
    if not layout or run.state == ImportState.READING:
        return {}
    headers = zip(layout["headers"], layout["columns"], strict=True)
    return {
        "encoding": LABELS.get(layout["encoding"], layout["encoding"]),
        "delimiter": {";": _("semicolon"), ",": _("comma"), "\t": _("tab")}[layout["delimiter"]],
        "columns": [{"header": header or "–", "column": column} for header, column in headers],
        "unknown": layout["unknown"],
    }


def page_context(run: Import, code: str = "") -> dict[str, Any]:
    """Everything the three steps need. `found` are the counts: the report's once writing has begun. `code`: of the
    refused cells that are wanted, "" for all.
    """
    state = ImportState(run.state)
    has_report = bool(run.report) or state in {ImportState.COMMITTING, ImportState.DONE}
    found = run.report if has_report else run.preview
    is_settled = not run.is_working and state != ImportState.UNREADABLE
    return {
        "run": run,
        "recognised": recognised(run),
        "progress": progress(run),
        "obstacle": obstacle(run),
        "preview": run.preview,
        "report": run.report,
        "found": found,
        "to_write": run.preview.get("created", 0) + run.preview.get("updated", 0),
        "places_to_write": run.preview.get("new_locations", 0) + run.preview.get("updated_locations", 0),
        "refused": refused_cells(run, found, code) if is_settled else [],
        "faults": kinds_of_faults(found) if is_settled else [],
        "code": code,
        "notes": [(row, number, Reason(text)) for row, number, text in found.get("notes", [])],
        "reasons": [
            (kind_of(code).title, count)
            for code, count in sorted(run.preview.get("reasons", {}).items(), key=lambda reason: -reason[1])
        ],
    }
