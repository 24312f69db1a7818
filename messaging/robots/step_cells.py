"""The cells of the list of steps."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from locations.lists.rows import page_of
from locations.lists.spoken import badge, masked, shortened
from locations.values.reasons import Reason

from .models import RobotStep
from .states import StepState

LONGEST = 160  # characters


def order_cell(step: RobotStep) -> SafeString:
    page = page_of("orders_order", step.order_id)
    return format_html('<a class="g-link g-whole" href="{}">{}</a>', page, step.order)


def state_cell(step: RobotStep) -> SafeString:
    """The state, which leads to the message there is; why, and what it would say now."""
    state = StepState(step.state)
    shown = badge(state.label, state.tone)
    if step.message_id:
        shown = format_html('<a href="{}">{}</a>', page_of("outbox_message", step.message_id), shown)
    return format_html(
        '<span class="g-cell"><span class="g-row">{}</span>{}{}</span>',
        shown,
        why(step.reason),
        foretold_words(step),
    )


def why(reason: Reason) -> str:
    """The reason, and on hover what to do about it."""
    if not reason:
        return ""
    words = shortened(str(reason), LONGEST)
    return format_html('<span class="g-soft g-small" title="{}">{}</span>', reason.remedy, words)


def foretold_words(step: Any) -> str:
    foretold = step.foretold
    if foretold is None:
        return ""
    if foretold.text:
        words = shortened(foretold.text, LONGEST)
        to = masked(foretold.to)
        return format_html('<span class="g-small">{}</span><span class="g-soft g-small">{}</span>', words, to)
    if not foretold.reason:
        return ""
    words = _("As it is now, nothing would go out: %(reason)s") % {"reason": foretold.reason}
    return format_html('<span class="g-soft g-small">{}</span>', words)
