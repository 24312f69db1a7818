"""What Telegram's answers and updates mean (https://core.telegram.org/bots/api)."""

import datetime
import json
import mimetypes
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from ..error_tables import refused_in_words, with_code
from ..foreign import read_json
from ..http import Answer
from ..news import Command, HookRequest, InboundFile, InboundNews, News, NotUnderstood, Unclear
from ..outcomes import Accepted, Outcome, Unknown
from ..places import describe_place
from ..retry_after import LONGEST
from .errors import IN_DOUBT, NOT_A_MESSAGE, NOT_AN_UPDATE, NOT_PRIVATE, PLACE_MOVES, PROVIDER, VERDICTS

NAMED_FILES = ("document", "video", "audio", "animation", "voice", "video_note")
_ENDINGS = {"voice": ".ogg", "video_note": ".mp4", "video": ".mp4", "animation": ".mp4", "audio": ".mp3"}


def read_answer(answer: Answer) -> Outcome:
    """Accepted means `ok`; the provider's number is the chat's and the message's, if it is about one."""
    body = answer.json
    if answer.status == 200 and body.get("ok") is True:
        found = result_of(answer)
        chat = _part(found, "chat")
        return Accepted(f"{chat.get('id')}.{found.get('message_id')}" if "message_id" in found else "")
    words, code = str(body.get("description", ""))[:400], str(body.get("error_code") or answer.status)
    if answer.status == 429:
        after = _part(body, "parameters").get("retry_after")
        after = min(after, LONGEST) if type(after) is int and after > 0 else answer.retry_after
        return replace(VERDICTS["429"], retry_after=after)
    if answer.status in (401, 404):
        return with_code(VERDICTS["bad_token"], code)
    if answer.status == 403:
        return with_code(VERDICTS["blocked"], code)
    if answer.status == 400 and "chat not found" in words.lower():
        return with_code(VERDICTS["no_such_chat"], code)
    if 400 <= answer.status < 500:
        return refused_in_words(PROVIDER, code, words or code)
    return Unknown(IN_DOUBT())


def result_of(answer: Answer) -> dict[str, Any]:
    found = answer.json.get("result")
    return found if isinstance(found, dict) else {}


def as_call(update: Any) -> HookRequest:
    """An update that was asked for, as if Telegram had called with it."""
    body = json.dumps(update, sort_keys=True).encode()  # in ASCII: half a character is kept as it came
    return HookRequest("telegram:getUpdates", "POLL", body, {"content-type": "application/json"})


def number_of(update: Any) -> int | None:
    """By which the next ones are asked for; None for what has none that could be."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if type(number) is int and 0 <= number < 2**62 else None


def read_update(body: bytes) -> list[News]:
    """Raises NotUnderstood for what is no message."""
    update = _read(body)
    message = _message_in(update)
    chat, sender = _part(message, "chat"), _part(message, "from")
    if type(chat.get("id")) is not int or type(message.get("message_id")) is not int:
        raise NotUnderstood(NOT_A_MESSAGE())
    if chat.get("type") != "private" or sender.get("is_bot"):
        return [Unclear(NOT_PRIVATE(), must_be_seen=False)]
    if "edited_message" in update and "location" in message:
        return [Unclear(PLACE_MOVES(), must_be_seen=False)]
    number = f"{chat['id']}.{message['message_id']}"
    text = str(message.get("text") or message.get("caption") or "")
    if edited_at := message.get("edit_date"):
        number = f"{number}.{edited_at}"
        text = _("(changed) %(text)s") % {"text": text} if text else ""
    command, pass_word, text = _read_start(text)
    return [
        InboundNews(
            sender=str(chat["id"]),
            to="",
            text=text or _describe(message),
            provider_id=number,
            at=_moment(message.get("date")),
            name=_name_of(sender),
            files=tuple(_read_files(message)),
            command=command,
            pass_word=pass_word,
        )
    ]


def glimpse(body: bytes) -> InboundNews | None:
    """Who wrote, if it was a person in a private chat."""
    message = _message_in(_read(body))
    chat = _part(message, "chat")
    if chat.get("type") != "private" or type(chat.get("id")) is not int or _part(message, "from").get("is_bot"):
        return None
    return InboundNews(str(chat["id"]), "", "", name=_name_of(_part(message, "from")))


def _read(body: bytes) -> Any:
    """Raises NotUnderstood."""
    try:
        return read_json(body)
    except ValueError:
        raise NotUnderstood(NOT_AN_UPDATE()) from None


def _message_in(update: Any) -> dict[str, Any]:
    return _part(update, "message") or _part(update, "edited_message")


def _name_of(sender: dict[str, Any]) -> str:
    return " ".join(str(sender[name]) for name in ("first_name", "last_name") if sender.get(name))


def _part(whole: Any, name: str) -> dict[str, Any]:
    part = whole.get(name) if isinstance(whole, dict) else None
    return part if isinstance(part, dict) else {}


def _read_start(text: str) -> tuple[Command | None, str, str]:
    """Start is a button there: whoever presses it says nothing yet, but may bring what a link of ours had."""
    word, _sep, rest = text.strip().partition(" ")
    if word.partition("@")[0].lower() == "/start":
        return Command.START, rest.strip()[:64], "/start"
    if text.strip().partition("@")[0].lower() == "/stop":
        return Command.STOP, "", text
    return None, "", text


def _read_files(message: dict[str, Any]) -> Iterator[InboundFile]:
    photos = message.get("photo")
    sizes = [one for one in photos if isinstance(one, dict)] if isinstance(photos, list) else []
    if sizes:
        largest = max(sizes, key=lambda one: one["width"] if type(one.get("width")) is int else 0)
        yield from _read_file(largest, "photo.jpg", "image/jpeg")
    for kind in NAMED_FILES:
        file = _part(message, kind)
        content_type = str(file.get("mime_type", ""))
        ending = _ENDINGS.get(kind) or mimetypes.guess_extension(content_type) or ""
        yield from _read_file(file, str(file.get("file_name") or f"{kind}{ending}"), content_type)
        if file and kind == "document":
            return  # an animation is told as a document too


def _read_file(file: dict[str, Any], name: str, content_type: str) -> Iterator[InboundFile]:
    size = file.get("file_size")
    if file.get("file_id"):
        yield InboundFile(str(file["file_id"]), name, content_type, size if type(size) is int else 0)


def _describe(message: dict[str, Any]) -> str:
    """What has no text and is no file, in words; "" for what we do not know."""
    if contact := _part(message, "contact"):
        return _("Contact: %(name)s %(phone)s") % {
            "name": contact.get("first_name", ""),
            "phone": contact.get("phone_number", ""),
        }
    venue = _part(message, "venue")
    if place := _part(venue, "location") or _part(message, "location"):
        names = (venue.get("title"), venue.get("address"))
        return describe_place(place.get("latitude"), place.get("longitude"), *names)
    if sticker := _part(message, "sticker"):
        return str(sticker.get("emoji") or _("(a sticker)"))
    if dice := _part(message, "dice"):
        return f"{dice.get('emoji', '🎲')} {dice.get('value', '')}".strip()
    if poll := _part(message, "poll"):
        options = poll.get("options")
        told = options if isinstance(options, list) else []
        choices = [str(one["text"]) for one in told if isinstance(one, dict) and one.get("text")]
        return "\n– ".join([str(poll.get("question", "")), *choices])
    return ""


def _moment(seconds: Any) -> datetime.datetime | None:
    is_sane = type(seconds) is int and 0 < seconds < 4_102_444_800
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC) if is_sane else None
