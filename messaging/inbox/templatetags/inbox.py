"""How the chat's rows and bubbles look: `{{ since|waited }}`, `{{ text|pieces:words }}`, `{{ user|initials }}`."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.values.days import dated
from messaging.outbox.redaction import without_secrets

from ..attachments.attachments import attachment_url, is_shown
from ..models import Attachment
from ..operator.linkify import Piece, around, is_long, pieces_of

register = template.Library()


@register.filter
def waited(since: datetime.datetime) -> str:
    """How long somebody waits: `4 min`, `2 h`, `3 days`."""
    minutes = max(0, int((timezone.now() - since).total_seconds() // 60))
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)d h") % {"count": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


@register.filter
def short_time(at: datetime.datetime) -> str:
    """`14:02` today, `3 Nov` this year, `3.11.24` before."""
    there, here = timezone.localtime(at), timezone.localtime()
    if there.date() == here.date():
        return date_format(there, "H:i")
    return dated(there, "j M" if there.year == here.year else "d.m.y")


@register.filter
def initials(user: Any) -> str:
    """`AK` of Anna Kowalska, else the first two letters of the login."""
    letters = "".join(word[0] for word in (user.first_name, user.last_name) if word)
    return (letters or user.get_username()[:2]).upper()


@register.filter
def person(user: Any) -> str:
    """A colleague's name."""
    return user.get_full_name() or user.get_username()


@register.filter
def pieces(text: str, words: Sequence[str] = ()) -> list[Piece]:
    return pieces_of(without_secrets(text), words)


@register.filter
def excerpt(text: str, words: Sequence[str]) -> str:
    """Where the found words are."""
    return around(without_secrets(text), words)


@register.filter
def long(text: str) -> bool:
    return is_long(text)


@register.filter
def file_url(attachment: Attachment) -> str:
    return attachment_url(attachment)


@register.filter
def is_picture(attachment: Attachment) -> bool:
    return is_shown(attachment)
