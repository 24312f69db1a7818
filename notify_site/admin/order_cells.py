"""The cells of the list of orders, in Python: a template for each in each row took a fifth of the page."""

import datetime
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.lists.spoken import badge, moment, shortened, spoken
from locations.models import Channel
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from orders.admin import stage_badge
from orders.models import Order

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    class ListedOrder(Order):
        """With what the list says of it besides."""

        waiting: list[tuple[datetime.datetime, "StrOrPromise"]]
        is_overdue: bool
        last_message: Message | None
        troubles: list[MessageState]
        untold: str

        class Meta:
            abstract = True
else:
    ListedOrder = Order

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_REASON = 60, 70, 70  # characters


def number_cell(order: Order) -> SafeString:
    return format_html(
        '<span class="g-cell"><span class="g-strong">{}</span><span class="g-soft g-small">{}</span></span>',
        order.number or _("without number"),
        moment(order.placed_at),
    )


def client_cell(order: Order) -> SafeString:
    return format_html(
        '<span class="g-cell"><span class="g-strong">{}</span><span class="g-soft g-small">{}{}</span></span>',
        shortened(order.location.client_name, LONGEST_NAME),
        shortened(order.location.address, LONGEST_ADDRESS),
        format_html(" · {}", order.department) if order.department else "",
    )


def stage_cell(order: Order) -> SafeString:
    return format_html(
        '<span class="g-cell">{}<span class="g-soft g-small">{}</span></span>',
        stage_badge(order.stage),
        moment(order.stage_entered_at),
    )


def message_cell(order: ListedOrder) -> SafeString:
    """The message that goes next, or the last one there was; see `order_rows.attach`."""
    if order.waiting:
        return waiting_cell(order)
    last = order.last_message
    if last is None:
        return mark_safe('<span class="g-cell"><span class="g-soft">–</span></span>')
    state = MessageState(last.state)
    return format_html(
        '<span class="g-cell"><span class="g-row">{} {}</span><span class="g-soft g-small">{}</span></span>',
        Channel(last.channel).label,
        badge(state.label, state.tone, last.reason),
        moment(last.sent_at or last.created_at),
    )


def waiting_cell(order: ListedOrder) -> SafeString:
    at, channel = order.waiting[0]
    when = f"{_('was due')} {spoken(at)}" if order.is_overdue else spoken(at)
    others = len(order.waiting) - 1
    more = ngettext("and %(n)d more", "and %(n)d more", others) % {"n": others} if others else ""
    return format_html(
        '<span class="g-cell"><span>{} {}</span>{}</span>',
        channel,
        when,
        more and format_html('<span class="g-soft g-small">{}</span>', more),
    )


def trouble_cell(order: ListedOrder) -> SafeString:
    """What went wrong with its messages, and why nobody was told; nothing for most orders."""
    states = format_html_join("", "{} ", ((badge(state.label, state.tone),) for state in order.troubles))
    if not order.untold:
        return states
    return format_html(
        '{}<span class="g-cell"><span>{}</span><span class="g-soft g-small">{}</span></span>',
        states,
        badge(_("not told"), "amber", order.untold),
        shortened(order.untold, LONGEST_REASON),
    )
