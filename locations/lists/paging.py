"""Lists that never count a million rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Prefetch, Value, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

CAP = 10_000


def capped_count(queryset: Any, cap: int = CAP) -> int:
    """How many rows, `cap` + 1 meaning "more than cap": the database stops counting there."""
    return queryset.order_by()[: cap + 1].count()


def capped_counts(querysets: Sequence[Any], cap: int = CAP) -> list[int]:
    """The same for several, in one statement."""
    if not querysets:
        return []
    parts = [rows.order_by().values(one=Value(1))[: cap + 1].query.sql_with_params() for rows in querysets]
    counts = ", ".join(
        f"(SELECT COUNT(*) FROM ({sql}) AS rows_{number})" for number, (sql, _params) in enumerate(parts)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [param for _sql, params in parts for param in params])
        return list(cursor.fetchone())


def shown_count(number: int, cap: int = CAP) -> str:
    return f"{cap}+" if number > cap else str(number)


class CappedPaginator(Paginator):
    """Pages through the first 10,000 rows; filters and search lead to the others."""

    template_name = "gonets/pagination.html"

    @cached_property
    def count(self) -> int:
        """On SQLite in the list's order: it then counts by the index that the list is read by, and by no other."""
        if connection.vendor == "sqlite":
            rows: Any = self.object_list[:CAP]
            return rows.count()
        return min(capped_count(self.object_list), CAP)


class CappedChangeList(ChangeList):
    """Does not offer "show all" where nothing is hidden: the whole is never counted."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = None if self.get_filters_params() or self.query else self.result_count
        columns = self.model_admin.list_columns
        self.result_list: Any = list(self.result_list.only(*columns) if columns else self.result_list)
        prefetch_related_objects(self.result_list, *self.prefetches())

    @property
    def is_capped(self) -> bool:
        """Whether there may be more rows than it counts."""
        return self.result_count >= CAP

    def prefetches(self) -> Iterator[Prefetch]:
        for name, columns in self.model_admin.list_with.items():
            rows = self.lookup_opts.get_field(name).related_model._default_manager
            yield Prefetch(name, rows.only(*columns))


class LongList(ModelAdmin):
    """What all lists of a million rows have in common."""

    change_list_template = "gonets/long_list.html"
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # a count per choice would read every row
    list_columns: Sequence[str] = ()
    """What the list shows of its rows, when that is a part; all else is left unread."""
    # Read for the fifty rows shown: in a join the database would read them for all the rows of the pages before, or
    # begin with them and sort a million.
    list_with: Mapping[str, Sequence[str]] = MappingProxyType({})
    """Other rows that the list shows, and which columns of theirs."""
    list_per_page = 50
    list_max_show_all = 50
    list_disable_select_all = True
    list_filter_submit = True
    ordering: Sequence[str] = ("-id",)
    sortable_by: Sequence[str] = ()
    compressed_fields = False

    def get_changelist(self, _request: HttpRequest, **_kwargs: Any) -> type[CappedChangeList]:
        return CappedChangeList

    def response_action(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """An action on all that match, not on the page's alone, takes at most 10,000 rows, and refuses more in words.

        It gets them by their keys: what it changes may no longer match while it goes on.
        """
        if request.POST.get("select_across") == "1":
            keys = list(queryset.order_by().values_list("pk", flat=True)[: CAP + 1])
            if len(keys) > CAP:
                words = _(
                    "More than %(cap)d rows match: narrow the list by its filters or the search, then choose all."
                )
                messages.error(request, words % {"cap": CAP})
                return HttpResponseRedirect(request.get_full_path())
            queryset = self.model._default_manager.filter(pk__in=keys)
        return super().response_action(request, queryset)


def in_portions(queryset: Any, size: int = 500) -> Iterator[Any]:
    """The rows of a queryset, so many at a time, by keys that are read once: each portion is a short transaction."""
    keys = list(queryset.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), size):
        yield queryset.model._default_manager.filter(pk__in=keys[start : start + size])


def chips(
    request: HttpRequest, parameter: str, choices: Iterable[tuple[Any, Any, Any]], with_empty: bool = True
) -> list[dict[str, Any]]:
    """Filter chips above a list: "All", then one per (value, name, queryset to count), the chosen one marked.

    Without `with_empty` those that count nothing are left out, except the chosen one.
    """
    chosen = request.GET.get(parameter, "")
    query = request.GET.copy()
    for name in (parameter, parameter.replace("__exact", "__in"), "p"):
        query.pop(name, None)
    shown = [{"name": _("All"), "query": query.urlencode(), "count": "", "is_chosen": not chosen}]
    choices = list(choices)
    counts = capped_counts([queryset for _value, _name, queryset in choices])
    for (value, name, _queryset), count in zip(choices, counts, strict=True):
        query[parameter] = str(value)
        is_chosen = chosen == str(value)
        if count or with_empty or is_chosen:
            chip = {"name": name, "query": query.urlencode(), "count": shown_count(count), "is_chosen": is_chosen}
            shown.append(chip)
    return shown


def chip_without(request: HttpRequest, name: str, parameters: Sequence[str]) -> dict[str, str]:
    """A chip for what narrows the list though no filter shows it; a press on it takes these parameters away."""
    query = request.GET.copy()
    for parameter in (*parameters, "p"):
        query.pop(parameter, None)
    return {"name": name, "query": query.urlencode()}
