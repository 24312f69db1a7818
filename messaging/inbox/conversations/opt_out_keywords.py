"""The words by which people leave and come back: only when they are the whole message, in any case and punctuation."""

import enum
import re

from locations.values.languages import commands, letter_patterns
from messaging.gateways.adapters import Command

from ..models import LineKind


class Wish(enum.StrEnum):
    """What a command asks for. `LEAVE_PERHAPS`: it acts, but an operator shall read it: it may mean an order."""

    LEAVE = "leave"
    LEAVE_PERHAPS = "leave_perhaps"
    RETURN = "return"


LEAVE, LEAVE_PERHAPS, RETURN = map(commands, ("leave", "leave_perhaps", "return"))
BETWEEN = re.compile(r"[\W_]+")
SIGNATURE = re.compile(
    rf"(?:^|\s)(?:(?:--|—|_{{3,}})\s*)?(?:{letter_patterns('sent_from')}|gesendet von)\b[^\n]{{0,60}}\Z", re.IGNORECASE
)
LONGEST = 40  # characters: nothing longer is a command


def read_wish(text: str, kind: LineKind, command: Command | None = None) -> Wish | None:
    """What the whole message asks for, if it is a command; `command`: what the provider has taken it for already.

    What a phone or a mail program puts below by itself is no part of it.
    """
    if command is not None:
        return Wish.LEAVE if command == Command.STOP else Wish.RETURN
    text = SIGNATURE.sub("", text.strip()).strip()
    if len(text) > LONGEST:
        return None
    words = BETWEEN.sub(" ", text).strip().upper()
    if words in LEAVE:
        return Wish.LEAVE
    if words in RETURN:
        return Wish.RETURN
    return Wish.LEAVE_PERHAPS if words in LEAVE_PERHAPS and kind == LineKind.SMS else None
