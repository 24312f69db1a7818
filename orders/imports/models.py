"""An import: one uploaded file, read into chunks of rows, looked at, then committed chunk by chunk."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from locations.models import Client
from locations.rows.reason_field import ReasonField
from locations.values.kinds import Kinds


class ImportState(Kinds):
    READING = "reading", _("being read")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    COMMITTING = "committing", _("being imported")
    DONE = "done", _("imported")
    CANCELLED = "cancelled", _("cancelled")
    UNREADABLE = "unreadable", _("not readable")
    FAILED = "failed", _("broken off")

    @property
    def is_working(self) -> bool:
        return self in {ImportState.READING, ImportState.CHECKING, ImportState.COMMITTING}


WORKING = [state.value for state in ImportState if state.is_working]


class Import(models.Model):
    """One file and what came of it.

    `layout`: what was recognised, {"encoding", "delimiter", "headers": [...], "columns": [...], "unknown": [...]}.
    `preview` and `report`: counts by name, e.g. {"created": 412, "refused": 7, "will_follow": 380, "reasons": {...}},
    and the first examples of each kind, see `orders.imports.planning.counts`. `encoding`: as somebody chose it, "" to
    recognise it. `readings`: how often the worker began to read a kept file.
    """

    file_name = models.CharField(_("file"), max_length=255)
    source = models.CharField(_("source"), max_length=50, default="file")
    notify = models.BooleanField(_("notify customers"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.options, default=ImportState.CHECKING)
    problem = ReasonField(_("problem"))
    encoding = models.CharField(_("encoding"), max_length=10, blank=True)
    layout = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    readings = models.PositiveSmallIntegerField(default=0)
    done_rows = models.PositiveIntegerField(_("rows done"), default=0)
    moved_at = models.DateTimeField(_("last progress"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        indexes = [
            models.Index("moved_at", name="import_working", condition=models.Q(state__in=WORKING)),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_working(self) -> bool:
        return ImportState(self.state).is_working


class ImportSlice(models.Model):
    """A part of a large file as it was uploaded, kept until the worker has read all of it."""

    run = models.ForeignKey(Import, models.CASCADE, related_name="slices")
    position = models.PositiveIntegerField()
    data = models.BinaryField()
    size = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("run", "position", name="import_slice_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.run} #{self.position}"


class ImportChunk(models.Model):
    """Up to 1000 rows of the file: `rows` is [[row number, [cell, ...], fault, [earlier rows]], ...], `refused`
    likewise [[row number, [[column, reason], ...]], ...]; faults and reasons as `Reason.text`, "" for none.

    A chunk is checked, and later committed, in one transaction that marks it done; between the two the marks are taken
    away. `claims`: how often it was begun again after a standstill.
    """

    run = models.ForeignKey(Import, models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    first_row = models.PositiveIntegerField(default=0)
    rows = models.JSONField()
    refused = models.JSONField(default=list)
    is_done = models.BooleanField(default=False)
    claims = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("run", "position", name="import_chunk_once")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.run} #{self.position}"


class ExpectedLocation(models.Model):
    """A location that a file being checked will make: its later rows find it, though nothing is written yet.

    `fields`: what columns fill, by attribute, as text: enough to see whether a later row says the same.
    """

    run = models.ForeignKey(Import, models.CASCADE, related_name="expected_locations")
    digest = models.CharField(max_length=32)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    fields = models.JSONField(default=dict)
    client = models.ForeignKey(Client, models.CASCADE, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("run", "digest", name="expected_location_once")]

    def __str__(self) -> str:
        return self.digest


class ExpectedClient(models.Model):
    """A client that a file being checked will make, by one of the ways in which its later rows find them: the digest is
    of the name and a phone, or of the shop's own number.
    """

    run = models.ForeignKey(Import, models.CASCADE, db_index=False, related_name="expected_clients")
    digest = models.CharField(max_length=32)
    external_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("run", "digest", name="expected_client_once")]

    def __str__(self) -> str:
        return self.digest
