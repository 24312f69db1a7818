"""What staff see of a message's words: who has a client's secret link is the client, so that links are named instead.

Rooms above say what is secret in their words by `hide` in their `ready()`.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from locations.models import Purpose

from .models import Message

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

READS_CHAT = "inbox.view_conversation"
"""Who lacks it sees no words of the chat: neither a reply nor a copy of what a client wrote."""

secrets: list[tuple[re.Pattern[str], "StrOrPromise"]] = []


def hide(pattern: re.Pattern[str], named: "StrOrPromise") -> None:
    """What this finds in any text is shown to staff as `named`, which may be lazy."""
    if (pattern, named) not in secrets:
        secrets.append((pattern, named))


def without_secrets(text: str) -> str:
    for pattern, named in secrets:
        text = pattern.sub(_always(str(named)), text)
    return text


def _always(words: str) -> Callable[[re.Match[str]], str]:
    """A replacement that takes no backslash of the words for a command."""
    return lambda _match: words


def is_of_chat(message: Message) -> bool:
    """A person's reply, or a letter to staff that copies the chat; what a robot says by a template is none."""
    is_reply = message.is_pinned and message.text_version_id is None
    return is_reply or message.purpose == Purpose.STAFF


def reads_chat(user: User) -> bool:
    return user.has_perm(READS_CHAT)


def shown_to(user: User, rows: QuerySet[Message]) -> QuerySet[Message]:
    """Messages that know whether this user reads the chat, as `{{ message|shown_body }}` asks."""
    return rows.annotate(is_chat_shown=Value(reads_chat(user)))


def shown_body(message: Message) -> str:
    return _shown(message, message.body)


def shown_subject(message: Message) -> str:
    return _shown(message, message.subject)


def _shown(message: Message, words: str) -> str:
    """Unless somebody has said that the reader may see the chat, its words are not shown."""
    if words and is_of_chat(message) and not getattr(message, "is_chat_shown", False):
        return _("(words of the chat)")
    return without_secrets(words)
