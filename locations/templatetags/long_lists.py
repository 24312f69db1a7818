"""`{% long_list cl %}`: the table of a long list."""

from typing import Any

from django import template
from django.contrib.admin.views.main import ChangeList
from unfold.templatetags.unfold_list import result_headers

from ..lists.rows import rows_of

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
