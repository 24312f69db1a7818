"""What deleting a row would do, said in numbers: the rows that hang on it may be a million, and are never loaded."""

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import CASCADE, PROTECT, RESTRICT, ManyToOneRel, Model
from django.db.models.deletion import get_candidate_relations_to_delete
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin

from .paging import capped_count

MOST_COUNTED = 100_000
MOST_CHANGED = 10_000
"""Rows that may go with it or lose it: more would hold up everybody who writes."""


class DeletedInWords(ModelAdmin):
    """Its pages of deletion name how many rows hang on the one that goes, and what to do where it cannot go."""

    use_instead = gettext_lazy("Move them first.")

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """As Django's: (what goes, counts by name, missing permissions, why it cannot go)."""
        objs = list(objs)
        goes: list[Any] = []
        protected: list[str] = []
        for one in objs:
            lines, reasons = self.consequences(one)
            goes += [str(one), lines] if lines else [str(one)]
            protected += reasons if len(objs) == 1 else [f"{one}: {reason}" for reason in reasons]
        allowed = self.has_delete_permission(request)
        missing = set() if allowed else {str(self.opts.verbose_name)}
        return goes, {str(self.opts.verbose_name_plural): len(objs)}, missing, protected

    def consequences(self, row: Model) -> tuple[list[str], list[str]]:
        """(what happens to others, why it cannot go), a sentence for each kind of row."""
        lines, reasons = [], []
        relations = get_candidate_relations_to_delete(row._meta)
        for relation in cast(Iterable[ManyToOneRel], relations):  # the stub says that they are fields
            hanging = relation.related_model._base_manager.filter(**{relation.field.name: row})
            count = capped_count(hanging, MOST_COUNTED)
            if not count:
                continue
            words = in_words(relation.related_model, count)
            on_delete = relation.on_delete
            if on_delete in {PROTECT, RESTRICT} or count > MOST_CHANGED:
                sentence = ngettext("%(rows)s stands on it.", "%(rows)s stand on it.", count) % {"rows": words}
                reasons.append(f"{sentence} {self.use_instead}")
            elif on_delete is CASCADE:
                lines.append(ngettext("%(rows)s goes with it", "%(rows)s go with it", count) % {"rows": words})
            else:
                lines.append(
                    ngettext("%(rows)s stays, without it", "%(rows)s stay, without it", count) % {"rows": words}
                )
        return lines, reasons


def in_words(model: type[Model], count: int) -> str:
    """How many rows of a model: "83,000 orders", "more than 100,000 messages"."""
    name = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
    if count > MOST_COUNTED:
        return _("More than %(count)s %(rows)s") % {"count": grouped(MOST_COUNTED), "rows": name}
    return _("%(count)s %(rows)s") % {"count": grouped(count), "rows": name}


def grouped(number: int) -> str:
    """As the reader's language writes a large number: 83,000."""
    return number_format(number, force_grouping=True)
