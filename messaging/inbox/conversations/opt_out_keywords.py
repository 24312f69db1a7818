"""The words by which people leave and come back: only when they are the whole message, in any case and punctuation."""

import enum
import re

from messaging.gateways.adapters import Command

from ..models import LineKind


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
SIGNATURE = re.compile(
    r"(?:^|\s)(?:(?:--|—|_{3,})\s*)?"
    r"(?:sent (?:from|via|with)|get outlook for|gesendet von|pobierz outlook|wysłan[eoay] (?:z|ze|przez)|wyslan[eoay] z"
    r"|отправлен[оа] (?:с|со|из|через)|надіслано (?:з|із|через))\b[^\n]{0,60}\Z",
    re.IGNORECASE,
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
