"""`manage.py import_orders FILE`: the same import as the page's, in the foreground."""

import gc
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from ... import reasons
from ...models import Import
from ...planning.counts import Tally
from ...planning.plans import Outcome, Plan
from ...reading.encodings import CHOICES
from ...reading.errors import UnreadableFile
from ...reading.reading import Row, read_table
from ...reading.sources import known_source
from ...running.chunks import carry_out
from ...running.upload import in_chunks

TRIES = 3


class Command(BaseCommand):
    help = "Import orders from a CSV file. Customers are told only with --notify."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV: comma, semicolon or tab")
        parser.add_argument("--notify", action="store_true", help="notify customers about these orders")
        parser.add_argument("--source", default="file", help="with the order number, the key of an order")
        parser.add_argument("--encoding", default="", choices=dict(CHOICES), help="recognised by itself if not given")
        parser.add_argument("--user", help="user name to write into the history")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not 0 < len(options["source"]) <= 50:
            raise CommandError("--source has 1 to 50 characters.")
        gc.freeze()  # what Django has loaded stays: no need to look through it again with every few chunks
        run = Import(source=known_source(options["source"]), notify=options["notify"], by=self._user(options["user"]))
        counts: Counter[str] = Counter()
        try:
            with path.open("rb") as file:
                table = read_table(file, path.stat().st_size, options["encoding"])
                run.layout = table.layout
                if table.unknown:
                    self.stdout.write(_("Ignored columns: %(names)s") % {"names": ", ".join(table.unknown)})
                self._import(table.rows, run, counts)
        except OSError as problem:
            raise CommandError(f"{path}: {problem.strerror}") from None
        except UnreadableFile as problem:
            left = (
                _("The rows before it are imported; the others are not.")
                if counts.total() > counts[Outcome.REFUSED.value]
                else _("Nothing was imported.")
            )
            raise CommandError(f"{path}: {problem} {left}") from None
        self.stdout.write(", ".join(f"{counts[outcome.value]:,} {outcome.value}" for outcome in Outcome))

    def _user(self, name: str | None) -> Any:
        if name is None:
            return None
        try:
            return get_user_model().objects.get_by_natural_key(name)
        except get_user_model().DoesNotExist:
            raise CommandError(f"There is no user “{name}”.") from None

    def _import(self, rows: Any, run: Import, counts: Counter[str]) -> None:
        refused: set[int] = set()
        for some in in_chunks(rows):
            plan, found = self._carry_out(some, run, refused)
            refused.update(verdict.row.number for verdict in plan.of(Outcome.REFUSED))
            counts.update({outcome.value: found[outcome.value] for outcome in Outcome})
            self._tell_refused(plan)
        if not counts.total():
            raise UnreadableFile(reasons.NO_ORDERS())

    def _carry_out(self, rows: list[Row], run: Import, refused: set[int]) -> tuple[Plan, Tally]:
        for _attempt in range(TRIES - 1):
            try:
                return carry_out(rows, run, refused)
            except IntegrityError:  # another door wrote the same orders or places meanwhile
                continue
        return carry_out(rows, run, refused)

    def _tell_refused(self, plan: Plan) -> None:
        for verdict in plan.of(Outcome.REFUSED):
            for fault in verdict.faults:
                column = f", {fault.column}" if fault.column else ""
                self.stdout.write(
                    _("Row %(row)d%(column)s: ") % {"row": verdict.row.number, "column": column} + str(fault.reason)
                )
