"""How what an operator, a robot or the program says leaves: as a message of the outbox, pinned to its line."""

import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from locations.errors import CannotDo
from locations.models import Company, Purpose
from locations.values.reasons import NONE, Reason
from messaging.gateways.adapters import get_adapter_class
from messaging.outbox.models import Lane, Message
from messaging.outbox.queue.actions import queue_messages
from messaging.texts.sms import measure

from .. import reasons
from ..attachments.attachments import attachment_url
from ..identity.access import client_token, why_no_link
from ..models import Attachment, ChatMessage, ChatSettings, Conversation, Line, LineKind, Sender
from .lines import Reach

VALID_FOR = datetime.timedelta(hours=24)
"""A reply that could not leave by then is no answer any more."""
LONGEST_REFERENCES = 20  # letters named by a reply, the newest ones; RFC 5322 has no limit, servers do


def deliver(row: Conversation, written: ChatMessage, way: Reach) -> None:
    """Queue it in the outbox, unless the row itself is the delivery (web chat).

    Raises CannotDo for files that cannot go by this line.
    """
    channel = way.kind.channel
    if channel is None:
        return
    text, files = enclose(row, written, way)
    if problem := why_too_long(text, way.line):
        raise CannotDo(problem)
    message = Message(
        client=row.client,
        channel=channel,
        purpose=Purpose.SERVICE,
        lane=Lane.ORDERS,
        to=way.address,
        body=text,
        files=files,
        parts=measure(text).parts if way.kind == LineKind.SMS else None,
        is_demo=row.is_demo,
        is_pinned=True,
        gateway=way.line.gateway,
        send_at=timezone.now(),
        expires_at=timezone.now() + VALID_FOR,
    )
    if way.kind == LineKind.EMAIL:
        message.subject, message.headers = join_letter(written, way.thread)
        written.subject = message.subject
    written.message = queue_messages([message])[0]
    written.save(update_fields=["message", "subject"])


def longest_by(line: Line) -> int:
    """How many characters one message by this line may have; 0: nobody says."""
    return get_adapter_class(line.gateway.adapter).longest_text if line.gateway else 0


def why_too_long(text: str, line: Line) -> Reason:
    longest = longest_by(line)
    if not longest or len(text) <= longest:
        return NONE
    return reasons.TOO_LONG(line=line, most=longest, count=len(text))


def join_letter(written: ChatMessage, thread: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The subject and headers by which a letter stands under the one it answers (RFC 5322, RFC 3834)."""
    is_human = written.sender == Sender.OPERATOR
    headers = {"Auto-Submitted": "no" if is_human else "auto-replied"}
    subject = written.subject or thread.get("subject", "")
    if answered := thread.get("message_id"):
        headers["In-Reply-To"] = answered
        named = [one for one in thread.get("references", "").split() if one != answered]
        headers["References"] = " ".join([*named[-LONGEST_REFERENCES:], answered])
        subject = subject if subject.lower().startswith("re:") else f"Re: {subject}".strip()
    return (subject or _("A message from %s") % Company.current().name)[:500], headers


def enclose(row: Conversation, written: ChatMessage, way: Reach) -> tuple[str, list[dict[str, Any]]]:
    """The text, and the files that go with it; where the line carries none, links to them stand in the text."""
    attachments = list(written.attachments.all())
    if not attachments:
        return written.text, []
    gateway = way.line.gateway
    if gateway is not None and get_adapter_class(gateway.adapter).carries_files:
        return written.text, [describe(one) for one in attachments]
    why = why_no_link() or (NONE if ChatSettings.current().is_on else reasons.CHAT_OFF())
    if row.client is None or why:
        raise CannotDo(reasons.NO_FILES(line=way.line, reason=why))
    token = client_token(row.client)
    links = [settings.PUBLIC_URL + attachment_url(one, for_client=token) for one in attachments]
    return "\n".join(filter(None, [written.text, *links])), []


def describe(attachment: Attachment) -> dict[str, Any]:
    """As `Message.files` has it."""
    path = f"attachments/{attachment.file.name}"
    return {"path": path, "name": attachment.name, "content_type": attachment.content_type}
