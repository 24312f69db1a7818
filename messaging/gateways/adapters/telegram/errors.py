"""What Telegram's refusals mean for a message (https://core.telegram.org/bots/api)."""

from django.utils.translation import gettext_lazy as _

from locations.values.reasons import NUMBER, WORDS, reasons_of

from ..error_tables import refusals
from ..outcomes import Fault

PROVIDER = "Telegram"
reason = reasons_of("telegram")

_SLOWER = {"429": _("Telegram asks to slow down.")}
_TOKEN = {"bad_token": _("Telegram does not know this bot's token.")}
_NOBODY = {
    "blocked": _("This person has blocked the bot, or never pressed Start."),
    "no_such_chat": _("Telegram knows no such chat."),
}
VERDICTS = {
    # It does not say whether it means this chat (one message a second) or all (thirty); many chats at once tell.
    **refusals("telegram", _SLOWER, fault=Fault.PROVIDER, permanent=False, slows="recipient"),
    **refusals(
        "telegram",
        _TOKEN,
        fault=Fault.US,
        remedy=_("Get the token from @BotFather anew, enter it on the gateway's page and resume it."),
        permanent=False,
        pauses_gateway=True,
    ),
    **refusals("telegram", _NOBODY, fault=Fault.RECIPIENT, is_address_dead=True),
}

TOO_LONG = reason(
    "too_long",
    _("The text is too long for Telegram."),
    _("Telegram takes %(most)s characters at most."),
    fault=Fault.US,
    remedy=_("Shorten the text, then send it again."),
    most=NUMBER,
)
EMPTY = reason(
    "empty",
    _("The message is empty."),
    fault=Fault.US,
    remedy=_("Give it a text or a file."),
)
PART_WENT = reason(
    "part_went",
    _("A part of the message went, then Telegram did not take it."),
    fault=Fault.PROVIDER,
)
IN_DOUBT = reason(
    "in_doubt",
    _("Telegram's answer could not be read; the message may have been taken or not."),
    fault=Fault.PROVIDER,
)
WRONG_BOT = reason(
    "wrong_bot",
    _("The token is of another bot."),
    _("The token is of another bot: @%(name)s."),
    fault=Fault.US,
    remedy=_("Enter the name and the token of one and the same bot."),
    name=WORDS,
)
NO_LARGE_FILES = reason(
    "no_large_files",
    _("Telegram does not give the file: it gives none larger than 20 MB."),
    fault=Fault.RECIPIENT,
)
NOT_AN_UPDATE = reason("not_an_update", _("Not an update of Telegram."))
NOT_A_MESSAGE = reason("not_a_message", _("Not a message of Telegram."))
NOT_PRIVATE = reason("not_private", _("Not a private chat with a person: the bot answers those only."))
PLACE_MOVES = reason("place_moves", _("A live place moves on; its first point is in the chat."))
