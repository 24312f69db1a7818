"""The words by which people leave and come back: only when they are the whole message, in any case and punctuation."""

import enum
import re

from messaging.gateways.adapters import Command

from .models import LineKind


class Wish(enum.StrEnum):
    """What a command asks for. `LEAVE_PERHAPS`: it acts, but an operator shall read it: it may mean an order."""

    LEAVE = "leave"
    LEAVE_PERHAPS = "leave_perhaps"
    RETURN = "return"


LEAVE = {
    "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "OPTOUT", "OPT OUT", "REVOKE",
    "СТОП", "ОТПИСАТЬСЯ", "ОТПИСКА", "ОТПИШИТЕ", "ОТПИШИТЕ МЕНЯ", "ОТПИСАТЬ",
    "ВІДПИСАТИСЯ", "ВІДПИСАТИСЬ", "ВІДПИСКА", "ВІДПИШІТЬ", "ВІДПИШІТЬ МЕНЕ",
    "REZYGNUJĘ", "REZYGNUJE", "WYPISZ", "WYPISZ MNIE", "ZATRZYMAJ",
}  # fmt: skip
LEAVE_PERHAPS = {"CANCEL", "END", "QUIT", "ОТМЕНА", "ОТМЕНИТЬ", "СКАСУВАТИ", "ВІДМІНА", "ANULUJ", "KONIEC"}
"""Networks take the English ones for STOP, so they act by SMS; by other lines they are words as any."""
RETURN = {
    "START", "UNSTOP", "RESUBSCRIBE", "СТАРТ", "ПОДПИСАТЬСЯ", "ПОДПИСКА", "ПІДПИСАТИСЯ", "ПІДПИСАТИСЬ", "ПІДПИСКА",
    "WZNÓW", "WZNOW", "SUBSKRYBUJ",
}  # fmt: skip
BETWEEN = re.compile(r"[\W_]+")
LONGEST = 40  # characters: nothing longer is a command


def read_wish(text: str, kind: LineKind, command: Command | None = None) -> Wish | None:
    """What the whole message asks for, if it is a command; `command`: what the provider has taken it for already."""
    if command is not None:
        return Wish.LEAVE if command == Command.STOP else Wish.RETURN
    if len(text) > LONGEST:
        return None
    words = BETWEEN.sub(" ", text).strip().upper()
    if words in LEAVE:
        return Wish.LEAVE
    if words in RETURN:
        return Wish.RETURN
    return Wish.LEAVE_PERHAPS if words in LEAVE_PERHAPS and kind == LineKind.SMS else None
