"""An address that nobody knows turns out to be a client's: two talks become one, and nothing of either is lost."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from locations.errors import CannotDo
from locations.models import Client

from ..identity.finding import unseen_in, zone_of
from ..live.publish import publish
from ..models import LAST, ChatMessage, Conversation, EventKind
from ..states import By, ConversationState, stand


@transaction.atomic
def link(conversation: Conversation, client: Client) -> Conversation:
    """An unknown address turns out to be this client's: its messages join the client's conversation, which is returned.

    Raises CannotDo when the conversation is another client's already.
    """
    row = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if row.client_id is not None or row.is_system:
        raise CannotDo(_("This conversation belongs to a client already."))
    known = Conversation.objects.select_for_update().filter(client=client).first()
    if known is None:
        row.client, row.title, row.zone = client, client.name, zone_of(client)
        row.save(update_fields=["client", "title", "zone"])
        publish(EventKind.CHANGED, row)
        return row
    for used in row.addresses.all():
        theirs: dict[str, Any] = {"kind": used.kind, "address": used.address, "line": used.line}
        as_before = {"last_wrote_at": used.last_wrote_at, "is_claimed": used.is_claimed, "thread": used.thread}
        if used.is_claimed:  # what somebody typed into a form takes nothing from an address that was written from
            known.addresses.get_or_create(**theirs, defaults=as_before)
        else:
            known.addresses.update_or_create(**theirs, defaults=as_before)
    join_drafts(row, known)
    join_states(row, known)
    known.save()
    row.delete()
    publish(EventKind.CHANGED, known, was=conversation.pk)
    return known


def join_drafts(row: Conversation, known: Conversation) -> None:
    """What operators have begun to write goes on there, below what they have begun there."""
    theirs = {draft.author_id: draft for draft in known.drafts.all()}
    for draft in row.drafts.all():
        other = theirs.get(draft.author_id)
        if other is None:
            draft.conversation = known
            draft.save()
        else:  # of a note and a reply a note: hidden words must not become a reply's
            other.text = f"{other.text}\n{draft.text}"
            other.is_hidden = other.is_hidden or draft.is_hidden
            other.save()


def join_states(row: Conversation, known: Conversation) -> None:
    """What nobody has seen or answered there is so here; a talk that is open opens the closed one."""
    first_unread = unseen_in(row).values_list("pk", flat=True).first() if row.is_unread else None
    known.newest_id = max(known.newest_id, row.newest_id)
    known.is_unread = known.is_unread or row.is_unread
    if first_unread is not None:  # ids of both grow together: what was read in between is shown as new once more
        known.read_up_to = min(known.read_up_to, first_unread - 1)
    if row.state == ConversationState.OPEN:
        stand(known, ConversationState.OPEN, By.OPERATOR)
    waits = [since for since in (known.waiting_since, row.waiting_since) if since]
    known.waiting_since = min(waits) if waits else None
    known.assignee = known.assignee or row.assignee
    if row.last_at > known.last_at:
        for name in LAST:
            setattr(known, name, getattr(row, name))
        known.line = row.line or known.line
    ChatMessage.objects.filter(conversation=row).update(conversation=known)
    known.unread = max(1, unseen_in(known).count()) if known.is_unread else 0
