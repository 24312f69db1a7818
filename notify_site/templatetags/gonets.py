"""How states and times look on every page: `{% badge %}`, `{% moment %}`, `{{ to|masked }}`."""

import datetime
from typing import Any

from django import template
from django.db.models import Model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst

from locations.lists.spoken import badge, masked, moment, spoken
from locations.values.days import dated
from locations.values.phones import group_phone
from messaging.outbox import redaction
from messaging.outbox.models import Message

from ..menu import word_in_menu

register = template.Library()
register.simple_tag(badge)
register.simple_tag(moment)
register.filter(spoken)
register.filter(dated, expects_localtime=True)
register.filter(masked)


@register.filter
def crumb(part: dict[str, Any]) -> str:
    """A part of a page's place: the menu's own word where the menu has one; what people named stays as they did."""
    if isinstance(part["title"], Model):
        return str(part["title"])
    return word_in_menu(str(part.get("link", ""))) or capfirst(part["title"])


@register.filter
def trail(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A page's place without the application, which the menu shows, and without saying one word twice in a row."""
    shown = parts[1:] if len(parts) > 1 else parts
    return [
        part
        for part, after in zip(shown, [*shown[1:], None], strict=True)
        if after is None or crumb(part) != crumb(after)
    ]


@register.simple_tag(takes_context=True)
def page_title(context: template.RequestContext) -> str:
    """What a browser's tab says: `R-1001 | Orders`, `Orders`, `Add order`."""
    title, subtitle = str(context.get("title") or ""), str(context.get("subtitle") or "")
    opts, row = context.get("opts"), context.get("original") or context.get("object")
    if not opts or context.get("add"):
        return f"{subtitle} | {title}" if subtitle else title
    link = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    place = word_in_menu(link) or capfirst(opts.verbose_name_plural)
    if context.get("cl"):
        return place
    if isinstance(row, Model) and (subtitle or not title.endswith(str(row))):
        return f"{row} | {place}" if subtitle else f"{title}: {row} | {place}"
    return f"{title} | {place}"


@register.filter
def clock(at: datetime.datetime) -> str:
    """`17:05`, in the moment's own zone, whatever the page's is."""
    return date_format(at, "H:i")


@register.filter
def shown_body(message: Message) -> str:
    """A message's words as staff may see them."""
    return redaction.shown_body(message)


@register.filter
def shown_subject(message: Message) -> str:
    return redaction.shown_subject(message)


@register.filter
def without_secrets(text: str) -> str:
    """Any text of a client or a robot, the clients' secret links named instead of shown."""
    return redaction.without_secrets(text)


@register.filter
def grouped(to: str) -> str:
    """A whole phone number in groups; an e-mail address as it is."""
    return group_phone(to) if to.startswith("+") else to
