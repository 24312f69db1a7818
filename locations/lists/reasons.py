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
    """For a model with a `reason`, or another field of the kind, and an index of its code where one is given."""

    title = gettext_lazy("reason")
    parameter_name = "reason"
    field_name = "reason"

    def lookups(self, _request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        found = [(code, Reason(code).title) for code in codes_that_occur(model_admin.model, self.field_name)]
        return sorted(found, key=lambda choice: choice[1])

    def queryset(self, _request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Of a code that does not occur all rows: the filter shows that none is chosen."""
        code = self.value()
        is_known = any(code == known for known, _title in self.lookup_choices)
        name = self.field_name
        return queryset.filter(**{f"{name}__given": True, f"{name}__code": code}) if is_known else queryset


def codes_that_occur(model: type[Model], field_name: str = "reason") -> list[str]:
    """Of any number of rows: the index is read in leaps from code to code."""
    with connection.cursor() as cursor:
        cursor.execute(*leaps(model, field_name))
        return [code for (code,) in cursor.fetchall()]


def leaps(model: type[Model], field_name: str = "reason") -> tuple[str, list[Any]]:
    """The statement and its parameters: the first code, then for each code the next one."""
    code = f"{field_name}__code"
    rows = model._default_manager.filter(**{f"{field_name}__given": True}).order_by(code).values(code)
    first, first_params = rows[:1].query.sql_with_params()
    following, params = rows.filter(**{f"{code}__gt": RawSQL("known.code", [])})[:1].query.sql_with_params()
    statement = (
        f"WITH RECURSIVE known(code) AS (SELECT * FROM ({first}) AS one UNION ALL"
        f" SELECT ({following}) FROM known WHERE known.code IS NOT NULL)"
        " SELECT code FROM known WHERE code IS NOT NULL"
    )
    return statement, [*first_params, *params]
