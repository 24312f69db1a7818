"""The plain cells of the list of orders, in Python: a template for each in each row took a tenth of the page."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from locations.spoken import moment, shortened
from orders.admin import stage_badge
from orders.models import Order

LONGEST_NAME, LONGEST_ADDRESS = 60, 70  # characters


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
