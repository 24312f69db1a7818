"""The columns of a file of orders. To add one, declare it here: how it is read, and which field it fills."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from . import reasons
from .reading import cells
from .reading.vocabulary import FULFILMENTS, GENDERS, LANGUAGES, PAYMENT_TYPES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Target(Enum):
    """Which row of the database a column fills, and how on rows that are known."""

    ORDER = "order"  # replaced by what the file says
    LOCATION = "location"  # replaced likewise
    CLIENT = "client"  # only what is still empty is filled
    APART = "apart"  # the planner's own business


@dataclass(frozen=True)
class Column:
    """`header` as the example file writes it, `read` from text to value, `field` of the target it fills.

    `repeats` says that few different cells are expected, so that a reading may be remembered. `keeps_corrections`: an
    order's value that was corrected by hand is not put back when a file says the same as before (decision 23).
    """

    header: str
    target: Target
    field: str
    read: cells.Reader
    is_required: bool = False
    repeats: bool = False
    keeps_corrections: bool = False
    help: "StrOrPromise" = ""


COLUMNS = [
    Column("orderNumber", Target.APART, "number", cells.text(64), is_required=True, help=_("with the source, the key")),
    Column("clientName", Target.APART, "client_name", cells.text(255), is_required=True, help=_("exactly as always")),
    Column("address", Target.APART, "address", cells.text(500), is_required=True, help=_("exactly as always")),
    Column("department", Target.ORDER, "department", cells.department, repeats=True, help=_("its name")),
    Column(
        "contactPhone",
        Target.ORDER,
        "contact_phone",
        cells.phone,
        keeps_corrections=True,
        help=_("+48 501 234 567 or the country's form"),
    ),
    Column(
        "contactEmail", Target.ORDER, "contact_email", cells.email, keeps_corrections=True, help=_("name@example.com")
    ),
    Column("clientId", Target.CLIENT, "external_id", cells.text(64), help=_("the shop's own number of the client")),
    Column("firstName", Target.CLIENT, "first_name", cells.text(100)),
    Column("patronymic", Target.CLIENT, "patronymic", cells.text(100)),
    Column("lastName", Target.CLIENT, "last_name", cells.text(100)),
    Column(
        "gender",
        Target.CLIENT,
        "gender",
        cells.word(GENDERS, reasons.NO_GENDER),
        repeats=True,
        help=_("male or female, m or k, м or ж"),
    ),
    Column(
        "language",
        Target.CLIENT,
        "language",
        cells.word(LANGUAGES, reasons.NO_LANGUAGE),
        repeats=True,
        help=_("en, pl, ru or uk"),
    ),
    Column("company", Target.APART, "company", cells.text(255), help=_("the company for which the client orders")),
    Column("total", Target.ORDER, "total", cells.amount, keeps_corrections=True, help=_("to pay: 1234.50 or 1 234,50")),
    Column("currency", Target.ORDER, "currency", cells.currency, repeats=True, help=_("three letters")),
    Column("paymentType", Target.ORDER, "payment_type", cells.word_or_text(PAYMENT_TYPES, 50), repeats=True),
    Column(
        "fulfilment",
        Target.ORDER,
        "fulfilment",
        cells.word(FULFILMENTS, reasons.NO_FULFILMENT),
        repeats=True,
        help=_("delivery, pickup or dine_in"),
    ),
    Column(
        "stage",
        Target.APART,
        "stage",
        cells.stage,
        repeats=True,
        keeps_corrections=True,
        help=_("its name; empty: the first one"),
    ),
    Column("placedAt", Target.ORDER, "placed_at", cells.moment, help=_("31.03.2026 14:30 or 2026-03-31 14:30")),
    Column("acceptedAt", Target.ORDER, "accepted_at", cells.moment_with_time, help=_("the promise counts from here")),
    Column("promisedMinutes", Target.ORDER, "promised_minutes", cells.minutes, help=_("45")),
    Column(
        "plannedArrival",
        Target.APART,
        "planned_arrival",
        cells.moment_with_time,
        keeps_corrections=True,
        help=_("31.03.2026 15:15"),
    ),
    Column("zone", Target.LOCATION, "zone", cells.zone, repeats=True, help=_("the delivery zone's name")),
    Column("district", Target.LOCATION, "district", cells.text(255)),
    Column("contents", Target.ORDER, "contents", cells.text(10_000), help=_("what was ordered")),
    Column("comment", Target.ORDER, "comment", cells.text(10_000)),
]


def spelling(header: str) -> str:
    """What of a header's spelling counts: not case, blanks, underscores, hyphens or what nobody sees."""
    return re.sub(r"[\s_\-\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+", "", header).casefold()


BY_HEADER = {column.header: column for column in COLUMNS}
BY_SPELLING = {spelling(column.header): column.header for column in COLUMNS}
REQUIRED = [column.header for column in COLUMNS if column.is_required]
CORRECTED = {column.header: column.field for column in COLUMNS if column.keeps_corrections}
FIELDS = {target: {c.header: c.field for c in COLUMNS if c.target is target} for target in Target}
