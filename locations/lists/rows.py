"""The rows of a long list, put together in Python: the theme renders templates for each cell, half the page's time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Model
from django.urls import get_script_prefix, reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from unfold.admin import checkbox
from unfold.templatetags.unfold_list import CHECKBOX_CLASSES, LINK_CLASSES, ROW_CLASSES
from unfold.utils import display_for_field, display_for_value

ROW = (
    '<tbody class="block relative lg:table-row-group {}"><tr class="data-row block border border-base-200 mb-3 relative'
    ' rounded-default lg:table-row lg:border-none lg:mb-0 lg:rounded-none dark:border-base-800">'
)
ROWS = ROW.format(""), ROW.format("bg-base-50 dark:bg-white/[.02]")
ROW_END = "</tr></tbody>"
STAND_IN = 0
"""A key that no row has: what is the same in all rows but the key is made once, with this one."""


def page_of(kind: str, pk: int) -> str:
    """The address of a row's page; `kind` as in `orders_order`."""
    start, end = _page_around(kind, get_script_prefix())
    return f"{start}/{pk}/{end}"


@lru_cache
def _page_around(kind: str, _prefix: str) -> list[str]:
    return reverse(f"admin:{kind}_change", args=[STAND_IN]).split(f"/{STAND_IN}/", 1)


@dataclass(frozen=True)
class Column:
    """What stands before a cell's words and after them, and how a row's words are found."""

    before: str
    words: Callable[[Model], str]
    after: str


def rows_of(changes: ChangeList, headers: Iterable[dict[str, Any]]) -> SafeString:
    """All rows of the page. `headers`: the theme's, each with its `text`."""
    columns = list(columns_of(changes, [header["text"] for header in headers]))
    parts: list[str] = []
    for number, row in enumerate(changes.result_list):
        parts.append(ROWS[number % 2])
        for column in columns:
            parts += (column.before, column.words(row), column.after)
        parts.append(ROW_END)
    return mark_safe("".join(parts))


def columns_of(changes: ChangeList, labels: list[Any]) -> Iterator[Column]:
    first = next(name for name in changes.list_display if name != "action_checkbox")
    links = [] if changes.list_display_links is None else changes.list_display_links or [first]
    for name, label in zip(map(str, changes.list_display), labels, strict=True):
        if name == "action_checkbox":
            yield checkbox_column()
            continue
        tag = "th" if name in links and name == first else "td"
        classes = [f"field-{name}", *ROW_CLASSES, *(["nowrap"] if is_short(field_of(changes, name)) else [])]
        before = format_html('<{} class="{}" data-label="{}">', tag, " ".join(classes), label)
        words = words_of(changes, name)
        yield Column(before, linked(changes, words) if name in links else words, f"</{tag}>")


def checkbox_column() -> Column:
    before, after = str(checkbox.render(ACTION_CHECKBOX_NAME, str(STAND_IN))).split(f'value="{STAND_IN}"')
    cell = format_html('<td class="{}" data-label="{}">', " ".join(CHECKBOX_CLASSES), _("Select record"))
    return Column(f'{cell}{before}value="', lambda row: str(row.pk), f'"{after}</td>')


def words_of(changes: ChangeList, name: str) -> Callable[[Model], str]:
    """How the column's words are found: a field of the row, or a method of the list's admin."""
    empty = changes.model_admin.get_empty_value_display()
    field = field_of(changes, name)
    if field is None:
        method = getattr(changes.model_admin, name)
        return lambda row: conditional_escape(display_for_value(method(row), empty))
    if field.is_relation:
        return lambda row: conditional_escape(empty if (other := getattr(row, name)) is None else other)
    if field.choices:
        labels = dict(field.flatchoices)
        return lambda row: conditional_escape(labels.get(getattr(row, name), empty))
    return lambda row: conditional_escape(display_for_field(getattr(row, name), field, empty))


def is_short(field: Any) -> bool:
    return isinstance(field, models.DateField | models.TimeField | models.ForeignKey)


def field_of(changes: ChangeList, name: str) -> Any:
    try:
        return changes.lookup_opts.get_field(name)
    except FieldDoesNotExist:
        return None


def linked(changes: ChangeList, words: Callable[[Model], str]) -> Callable[[Model], str]:
    """The words as a link to the row's page, which keeps the list's filters; in a pop-up it chooses the row."""
    options = changes.opts
    page = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[STAND_IN])
    kept = add_preserved_filters({"preserved_filters": changes.preserved_filters, "opts": options}, page)
    start, end = map(escape, kept.split(f"/{STAND_IN}/", 1))
    classes = " ".join(LINK_CLASSES)
    if not changes.is_popup:
        return lambda row: f'<a href="{start}/{row.pk}/{end}" class="{classes}">{words(row)}</a>'
    chosen = str(changes.to_field or changes.lookup_opts.pk.attname)

    def choosing(row: Model) -> str:
        key = escape(row.serializable_value(chosen))
        return f'<a href="{start}/{row.pk}/{end}" class="{classes}" data-popup-opener="{key}">{words(row)}</a>'

    return choosing
