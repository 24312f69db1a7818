"""The filter of a list by the reasons of its rows: each code that occurs, by its title."""

from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from ..values.reasons import Reason


class ReasonFilter(DropdownFilter):
    """For a model with a `reason`, and an index of `ReasonCode("reason")` where one is given."""

    title = gettext_lazy("why")
    parameter_name = "reason"

    def lookups(self, _request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        found = [(code, Reason(code).title) for code in codes_that_occur(model_admin.model)]
        return sorted(found, key=lambda choice: choice[1])

    def queryset(self, _request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Of a code that does not occur all rows: the filter shows that none is chosen."""
        code = self.value()
        is_known = any(code == known for known, _title in self.lookup_choices)
        return queryset.filter(reason__given=True, reason__code=code) if is_known else queryset


def codes_that_occur(model: type[Model]) -> list[str]:
    """One statement that leaps along the index from code to code, however many rows have each."""
    rows = model._default_manager.filter(reason__given=True).order_by("reason__code").values("reason__code")
    first, first_params = rows[:1].query.sql_with_params()
    following, params = rows.filter(reason__code__gt=RawSQL("known.code", []))[:1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE known(code) AS (SELECT * FROM ({first}) AS one UNION ALL"
            f" SELECT ({following}) FROM known WHERE known.code IS NOT NULL)"
            " SELECT code FROM known WHERE code IS NOT NULL",
            [*first_params, *params],
        )
        return [code for (code,) in cursor.fetchall()]
