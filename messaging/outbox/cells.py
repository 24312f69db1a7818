"""The cells of the list of messages."""

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from locations.lists.rows import page_of
from locations.lists.spoken import badge, masked, moment, shortened
from locations.models import Channel

from .models import Message
from .redaction import shown_body, shown_subject
from .states import MessageState

LONGEST_REASON, LONGEST_SUBJECT, LONGEST_BODY, LONGEST_NAME = 120, 60, 90, 60  # characters


def to_cell(message: Message) -> SafeString:
    return format_html(
        '<span class="g-cell"><span class="g-strong g-nowrap">{} {}</span>'
        '<span class="g-soft g-small">{}</span></span>',
        Channel(message.channel).label,
        masked(message.to),
        moment(message.sent_at or (message.send_at if is_to_go(message) else message.created_at)),
    )


def is_to_go(message: Message) -> bool:
    return message.state in {MessageState.QUEUED, MessageState.HELD}


def state_cell(message: Message) -> SafeString:
    state = MessageState(message.state)
    return format_html(
        '<span class="g-cell">{}{}</span>', badge(state.label, state.tone), soft(str(message.reason), LONGEST_REASON)
    )


def text_cell(message: Message) -> SafeString:
    subject = message.subject and shortened(shown_subject(message), LONGEST_SUBJECT)
    return format_html(
        '<span class="g-cell">{}<span>{}</span></span>',
        subject and format_html('<span class="g-strong">{}</span>', subject),
        shortened(shown_body(message), LONGEST_BODY),
    )


def order_cell(message: Message) -> SafeString:
    link, whose = escape("–"), ""
    if message.order_id:
        page = page_of("orders_order", message.order_id)
        link = format_html('<a class="g-link g-whole" href="{}">{}</a>', page, message.order)
    if message.client_id:
        whose = soft(str(message.client), LONGEST_NAME)
    return format_html('<span class="g-cell">{}{}</span>', link, whose)


def soft(words: str, longest: int) -> str:
    """A second line of a cell; nothing when there are no words."""
    return words and format_html('<span class="g-soft g-small">{}</span>', shortened(words, longest))
