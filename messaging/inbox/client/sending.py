"""What a client writes, from the page or from an app: checked, limited, written once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest
from django.utils.translation import gettext as _

from locations.errors import CannotDo
from locations.models import Client
from locations.staff_language import in_company_language

from ..attachments.attachments import MEGABYTE, attach
from ..conversations.writing import Said, clean_text, receive
from ..errors import Refusal
from ..lines.lines import web_line
from ..models import LONGEST_TEXT, Attachment, ChatMessage
from ..rate_limits import limit_files, limit_messages
from .visit import Visit

LONGEST_KEY = 100
ROOM_FOR_WORDS = 2 * MEGABYTE


@dataclass(frozen=True)
class Sent:
    """`is_new`: False when the same key came before, so that nothing was written now."""

    message: ChatMessage
    is_new: bool


def write(visit: Visit, text: str, key: str, files: Sequence[Any] = ()) -> Sent:
    """Put the client's words and files into their conversation. Raises Refusal.

    `key`: chosen by whoever sends; the same one again, with the same words, is the same message.
    """
    visit.must_chat()
    limit_messages(visit.request, visit.guest)
    check_text(text)
    conversation = visit.conversation
    once_key = f"web:{conversation.pk}:{key}" if key else ""
    if len(key) > LONGEST_KEY or "\0" in key:
        raise Refusal(422, "bad_key", _("The key of a message has at most %d characters.") % LONGEST_KEY)
    if not clean_text(text) and not files:
        raise Refusal(422, "empty", _("Write something, or attach a file."))
    said = Said(text, once_key=once_key, attachments=tuple(attached(visit.guest, files)))
    with in_company_language():  # what this sets going is read by staff
        written = receive(conversation, said, web_line())
    if written is not None:
        return Sent(written, True)
    before = ChatMessage.objects.with_key(once_key).get()
    if before.text != clean_text(text):
        raise Refusal(409, "key_used", _("A message with other words was sent under this key."))
    return Sent(before, False)


def check_text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        sentence = _("The message has %(length)d characters; %(most)d are the most. Please shorten it.")
        raise Refusal(413, "too_long", sentence % {"length": len(text), "most": LONGEST_TEXT})


def attached(client: Client, files: Sequence[Any]) -> list[Attachment]:
    if len(files) > settings.FILES_OF_CLIENT:
        raise Refusal(422, "too_many_files", _("At most %d files go with one message.") % settings.FILES_OF_CLIENT)
    for one in files:
        if one.size > settings.ATTACHMENT_MAX_MEGABYTES * MEGABYTE:
            raise Refusal(413, "too_large", _too_large())
    limit_files(client, len(files))
    try:
        return [attach(one) for one in files]
    except CannotDo as error:
        raise Refusal(422, "bad_file", str(error)) from error


def read_form(request: HttpRequest) -> tuple[Any, list[Any]]:
    """The fields and the files that were posted. Raises Refusal when it is more than could ever be meant."""
    check_length(request)
    try:
        return request.POST, request.FILES.getlist("file")
    except (RequestDataTooBig, TooManyFilesSent) as error:
        raise Refusal(413, "too_large", _("That is too much at once. Please send less.")) from error


def check_length(request: HttpRequest) -> None:
    """Before anything is read: files and words with room to spare, or words alone."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    with_files = settings.FILES_OF_CLIENT * settings.ATTACHMENT_MAX_MEGABYTES * MEGABYTE + ROOM_FOR_WORDS
    is_form = (request.content_type or "").startswith("multipart/")
    if not length.isdecimal() or int(length) > (with_files if is_form else ROOM_FOR_WORDS):
        raise Refusal(413, "too_large", _too_large() if is_form else _("That is too much at once. Please send less."))


def _too_large() -> str:
    return _("A file may have %d MB at most.") % settings.ATTACHMENT_MAX_MEGABYTES
