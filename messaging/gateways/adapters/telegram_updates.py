"""What Telegram's answers and updates mean (https://core.telegram.org/bots/api)."""

import datetime
import json
import mimetypes
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .connections import Answer
from .news import Command, HookRequest, InboundFile, InboundNews, News
from .outcomes import Accepted, Fault, Outcome, Refused, Unknown

NAMED_FILES = ("document", "video", "audio", "animation", "voice", "video_note")
_ENDINGS = {"voice": ".ogg", "video_note": ".mp4", "video": ".mp4", "animation": ".mp4", "audio": ".mp3"}


def read_answer(answer: Answer) -> Outcome:
    """Accepted means `ok`; the provider's number is the chat's and the message's, if it is about one."""
    body = answer.json
    if answer.status == 200 and body.get("ok") is True:
        found = result_of(answer)
        chat = found.get("chat") if isinstance(found.get("chat"), dict) else {}
        return Accepted(f"{chat.get('id')}.{found.get('message_id')}" if "message_id" in found else "")
    words, code = str(body.get("description", ""))[:400], str(body.get("error_code") or answer.status)
    if answer.status == 429:
        parameters = body.get("parameters") if isinstance(body.get("parameters"), dict) else {}
        after = parameters.get("retry_after")
        after = after if type(after) is int and after > 0 else answer.retry_after
        return Refused(_("Telegram asks to slow down."), False, Fault.PROVIDER, "429", retry_after=after)
    if answer.status in (401, 404):
        return Refused(_("Telegram does not know this bot's token."), False, Fault.US, code, pauses_gateway=True)
    if answer.status == 403:
        sentence = _("This person has blocked the bot, or never pressed Start.")
        return Refused(sentence, True, Fault.RECIPIENT, code, is_address_dead=True)
    if answer.status == 400 and "chat not found" in words.lower():
        return Refused(_("Telegram knows no such chat."), True, Fault.RECIPIENT, code, is_address_dead=True)
    if 400 <= answer.status < 500:
        return Refused(_("Telegram refused it: %(words)s") % {"words": words or code}, True, Fault.UNKNOWN, code)
    return Unknown(_("Telegram's answer could not be read; the message may have been taken or not."))


def result_of(answer: Answer) -> dict[str, Any]:
    found = answer.json.get("result")
    return found if isinstance(found, dict) else {}


def as_call(update: dict[str, Any]) -> HookRequest:
    """An update that was asked for, as if Telegram had called with it."""
    body = json.dumps(update, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    return HookRequest("telegram:getUpdates", "POLL", body, {"content-type": "application/json"})


def read_update(body: bytes) -> list[News]:
    """Raises ValueError for what is no private message of a person."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("Not an update of Telegram") from None
    message = _part(update, "message") or _part(update, "edited_message")
    chat, sender = _part(message, "chat"), _part(message, "from")
    if type(chat.get("id")) is not int or type(message.get("message_id")) is not int:
        raise ValueError("Not a message of Telegram")
    if chat.get("type") != "private" or sender.get("is_bot"):
        raise ValueError("Not a private chat with a person: the bot answers those only")
    if "edit_date" in message and _part(message, "location"):
        return []  # somebody shares where they go: the place where they began has been told
    number = f"{chat['id']}.{message['message_id']}"
    text = str(message.get("text") or message.get("caption") or "")
    if edited_at := message.get("edit_date"):
        number, text = f"{number}.{edited_at}", _("(changed) %(text)s") % {"text": text}
    command, pass_word, text = _read_start(text)
    return [
        InboundNews(
            sender=str(chat["id"]),
            to="",
            text=text or _describe(message),
            provider_id=number,
            at=_moment(message.get("date")),
            name=" ".join(str(sender[name]) for name in ("first_name", "last_name") if sender.get(name)),
            files=tuple(_read_files(message)),
            command=command,
            pass_word=pass_word,
        )
    ]


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
        largest = max(sizes, key=lambda one: one.get("width") or 0)
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
    """What has no text and is no file, in words."""
    if contact := _part(message, "contact"):
        return _("Contact: %(name)s %(phone)s") % {
            "name": contact.get("first_name", ""),
            "phone": contact.get("phone_number", ""),
        }
    if place := _part(message, "location"):
        return _("Place: %(latitude)s, %(longitude)s") % {
            "latitude": place.get("latitude"),
            "longitude": place.get("longitude"),
        }
    if sticker := _part(message, "sticker"):
        return str(sticker.get("emoji") or _("(a sticker)"))
    return "" if any(True for _file in _read_files(message)) else _("(something that is shown in Telegram only)")


def _moment(seconds: Any) -> datetime.datetime | None:
    is_sane = type(seconds) is int and 0 < seconds < 4_102_444_800
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC) if is_sane else None
