"""`{% long_list cl %}`: the table of a long list. `{{ cl|count_in_words }}`: how many rows it has."""

from typing import Any

from django import template
from django.contrib.admin.views.main import ChangeList
from django.utils.translation import gettext as _
from unfold.templatetags.unfold_list import result_headers

from ..lists.rows import rows_of
from ..lists.spoken import grouped

register = template.Library()


@register.inclusion_tag("gonets/long_list_table.html", takes_context=True)
def long_list(context: template.RequestContext, changes: ChangeList) -> dict[str, Any]:
    headers = list(result_headers(changes))
    return {
        "cl": changes,
        "result_headers": headers,
        "rows": rows_of(changes, headers) if changes.result_list else "",
        "has_add_permission": changes.model_admin.has_add_permission(context["request"]),
    }


@register.filter
def count_in_words(changes: ChangeList) -> str:
    """`32 orders`, at most `10,000+ orders`, as the reader's language puts it. A list may name its rows (`counted`)."""
    count = changes.result_count
    many = getattr(changes, "counted", "") or changes.opts.verbose_name_plural
    shown = grouped(count) + ("+" if getattr(changes, "is_capped", False) else "")
    return _("%(count)s %(rows)s") % {"count": shown, "rows": changes.opts.verbose_name if count == 1 else many}
