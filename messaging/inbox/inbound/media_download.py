"""Files that clients sent by other lines: the worker fetches them from the provider, outside any transaction."""

import datetime
import logging

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from locations.errors import CannotDo
from locations.values.reasons import Reason
from messaging.gateways.adapters import Media, MediaLater, MediaRefused
from messaging.gateways.credentials import CredentialsUnreadable
from messaging.gateways.delivery import ask
from messaging.gateways.reasons import NO_ANSWER

from .. import reasons
from ..attachments.attachments import attach
from ..attachments.file_types import as_letter, detect_or_save
from ..conversations.writing import lock
from ..live.publish import publish
from ..models import Attachment, AttachmentState, ChatMessage, EventKind

logger = logging.getLogger(__name__)

AT_ONCE = 20
SECONDS = 45  # a task may take 60
LEASE = datetime.timedelta(minutes=2)  # a task that did not come back by then is started again
TRY_AFTER_MINUTES = (1, 5, 30, 120)


def due_files(now: datetime.datetime) -> QuerySet[Attachment]:
    return Attachment.objects.filter(state=AttachmentState.WAITING, fetch_after__lte=now)


def start_fetching(now: datetime.datetime) -> int:
    """One task for each file; returns how many."""
    started = 0
    for pk in due_files(now).order_by("fetch_after", "pk").values_list("pk", flat=True)[:AT_ONCE]:
        if due_files(now).filter(pk=pk).update(fetch_after=now + LEASE, tries=F("tries") + 1):
            async_task(fetch, pk)
            started += 1
    return started


def fetch(attachment_id: int) -> None:
    """A task: bring one file in, look what it is, and show it; or say why not."""
    rows = Attachment.objects.filter(pk=attachment_id, state=AttachmentState.WAITING)
    attachment = rows.select_related("chat_message__line__gateway").first()
    if attachment is None:
        return
    line = attachment.chat_message.line
    if line is None or line.gateway is None:
        refuse(attachment, reasons.GATEWAY_GONE())
        return
    try:
        media = ask(line.gateway, lambda adapter: adapter.fetch_media(attachment.reference), SECONDS)
    except MediaRefused as refusal:
        refuse(attachment, refusal.reason)
    except (MediaLater, CredentialsUnreadable) as failure:
        postpone(attachment, failure.reason)
    except TimeoutError:
        postpone(attachment, NO_ANSWER())
    except Exception:  # a fault of ours must not end in silence: it is tried again, then said
        logger.exception("The file %d of a customer could not be fetched", attachment.pk)
        postpone(attachment, reasons.FETCH_FAILED())
    else:
        keep(attachment, media)


def keep(attachment: Attachment, media: Media) -> None:
    """Look what it is; what may not be kept is refused with the sentence."""
    look = as_letter if media.is_letter else detect_or_save
    try:
        attach(ContentFile(media.content, name=media.name or attachment.name), into=attachment, look=look)
    except CannotDo as refusal:
        refuse(attachment, refusal.reason)
    else:
        settle(attachment)


def refuse(attachment: Attachment, reason: Reason) -> None:
    attachment.state, attachment.reason = AttachmentState.REFUSED, reason
    settle(attachment)


def postpone(attachment: Attachment, reason: Reason) -> None:
    """Later; after the last try it is refused."""
    if attachment.tries > len(TRY_AFTER_MINUTES):
        refuse(attachment, reason)
        return
    after = datetime.timedelta(minutes=TRY_AFTER_MINUTES[max(0, attachment.tries - 1)])
    rows = Attachment.objects.filter(pk=attachment.pk, state=AttachmentState.WAITING)
    rows.update(fetch_after=timezone.now() + after, reason=reason)


@transaction.atomic
def settle(attachment: Attachment) -> None:
    """Keep what came and tell open pages."""
    attachment.save()
    written: ChatMessage = attachment.chat_message
    row = lock(written.conversation)
    publish(EventKind.DELIVERY, row, chat_message=written, is_for_client=not written.is_hidden)
