"""Lists that never count a million rows."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

CAP = 10_000


def capped_count(queryset: Any, cap: int = CAP) -> int:
    """How many rows, `cap` + 1 meaning "more than cap": the database stops counting there."""
    return queryset.order_by()[: cap + 1].count()


def shown_count(number: int, cap: int = CAP) -> str:
    return f"{cap}+" if number > cap else str(number)


class CappedPaginator(Paginator):
    """Pages through the first 10,000 rows; filters and search lead to the others."""

    @cached_property
    def count(self) -> int:
        return min(capped_count(self.object_list), CAP)
