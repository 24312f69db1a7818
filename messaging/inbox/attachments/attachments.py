"""Photos and files of both sides: checked by content, kept under random names in a folder that no web server serves."""

import secrets
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse

from locations.errors import CannotDo
from locations.values.reasons import NONE

from ..models import Attachment, AttachmentState
from . import reasons
from .file_types import FileType, detect
from .pictures import redraw

LONGEST_NAME = 100
FORBIDDEN_IN_NAMES = frozenset('\\/:*?"<>|;')
MEGABYTE = 1024 * 1024
Look = Callable[[bytes, str], FileType]


def attach(uploaded: Any, into: Attachment | None = None, look: Look = detect) -> Attachment:
    """A row that is not saved yet, of a file that has `name`, `size` and `read()`; saving it keeps the file.

    `into`: a row that was waiting for its file. `look`: tells what it is by content and name.
    Raises CannotDo.
    """
    most = settings.ATTACHMENT_MAX_MEGABYTES
    name = clean_name(uploaded.name or "")
    if uploaded.size > most * MEGABYTE:
        raise CannotDo(reasons.TOO_LARGE(name=name, most=most))
    content = uploaded.read()
    if not content:
        raise CannotDo(reasons.EMPTY(name=name))
    found = look(content, name)
    attachment = into or Attachment()
    attachment.width = attachment.height = None
    if found.is_picture:
        picture = redraw(content, found.extension)
        content, attachment.width, attachment.height = picture.content, picture.width, picture.height
    attachment.name = named(name, found)
    attachment.content_type, attachment.size = found.content_type, len(content)
    attachment.state, attachment.reason = AttachmentState.READY, NONE
    attachment.file = ContentFile(content, name=secrets.token_hex(16) + found.extension)
    return attachment


def clean_name(name: str) -> str:
    """A file's name without folders, control and direction characters (which make `exe.jpg` of `gpj.exe`)."""
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join(one for one in last if one.isprintable() and one not in FORBIDDEN_IN_NAMES).strip(". ")
    stem, suffix = PurePath(kept).stem[: LONGEST_NAME - 10], PurePath(kept).suffix[:10]
    return stem + suffix or "file"


def named(name: str, found: FileType) -> str:
    """The name with the ending that its content has."""
    stem = PurePath(name).stem or "file"
    return stem + found.extension


def is_shown(attachment: Attachment) -> bool:
    """Whether a page may show it in place: a picture that we have drawn ourselves."""
    return attachment.state == AttachmentState.READY and attachment.width is not None


def attachment_url(attachment: Attachment, for_client: str | None = None) -> str:
    """Where it is served: to whoever has the client's token, or (None) to staff."""
    if for_client:
        return reverse("chat:client_file", args=[for_client, attachment.pk])
    return reverse("chat:staff_file", args=[attachment.pk])
