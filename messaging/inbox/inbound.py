"""What customers write by any line but the web becomes messages in conversations, exactly once."""

import datetime
import hashlib
from typing import Any

from django.core.signing import BadSignature
from django.db import connection
from django.utils.translation import gettext as _

from locations.models import Account
from locations.phones import parse_phone
from messaging.gateways.adapters import InboundFile, InboundNews, NotUnderstood, Unclear
from messaging.gateways.models import Gateway
from messaging.outbox.models import UnusableAddress

from .attaching import clean_name
from .conversations import conversation_from, conversation_of, link, remember_address
from .lines import line_of
from .models import AddressKind, Attachment, AttachmentState, ChatMessage, Conversation, Line, LineKind, Sender
from .stop_words import read_wish
from .stopping import obey
from .telegram_links import client_of_pass_word
from .writing import Said, add, lock, receive, show

ADDRESS_LOCK = 7_261_002
"""PostgreSQL's advisory lock: two first messages from one address make one conversation."""
MOST_FILES = 20
LONGEST_KEY = 300

Batch = list[tuple[Gateway, InboundNews, datetime.datetime]]


def hear(batch: Batch, **_signal: Any) -> list[Unclear]:
    """Listens to gateways.inbound_stored. Raises NotUnderstood, in words, for what cannot be kept."""
    return [unclear for told in batch for unclear in take(*told)]


def take(gateway: Gateway, news: InboundNews, received_at: datetime.datetime) -> list[Unclear]:
    """One message of a customer; returns what of it has no effect. The same one again changes nothing."""
    key = once_key(gateway, news, received_at)
    if not gateway.line_kind:
        raise NotUnderstood(_("Nobody can write to this gateway."))
    if ChatMessage.objects.filter(once_key=key).exists():
        return [Unclear(_("The same message came before: it is in the chat."), must_be_seen=False)]
    line = line_of(gateway, LineKind(gateway.line_kind))
    kind = LineKind(line.kind).address_kind
    address = address_of(kind, news.sender)
    hold(kind, address)
    files = tuple(waiting(one) for one in news.files[:MOST_FILES])
    said = Said(words_of(news), news.subject, key, files, received_at)
    conversation = whose(kind, address, news)
    remember_address(conversation, kind, address, line, received_at, news.thread)
    UnusableAddress.objects.filter(channel=LineKind(line.kind).channel, address=address).delete()
    write(conversation, said, line, address, news)
    if len(news.files) <= MOST_FILES:
        return []
    counts = {"taken": MOST_FILES, "sent": len(news.files)}
    return [Unclear(_("Only %(taken)d of its %(sent)d files are in the chat.") % counts)]


def write(conversation: Conversation, said: Said, line: Line, address: str, news: InboundNews) -> None:
    is_obeyed = not (news.is_automatic or news.is_doubtful)
    wish = read_wish(said.text, LineKind(line.kind), news.command) if is_obeyed else None
    if wish is not None:
        obey(conversation, said, line, address, wish, is_taken=news.command is not None)
        return
    written = receive(conversation, said, line, is_unread=not news.is_automatic, is_heard=is_obeyed)
    if written is not None and news.is_doubtful:
        row = lock(conversation)
        doubt = _("The mail server could not confirm that this sender wrote it: somebody else may have.")
        show(row, add(row, Sender.SYSTEM, Said(doubt), is_hidden=True))


def whose(kind: AddressKind, address: str, news: InboundNews) -> Conversation:
    """The conversation of the client whose link was opened, else the one that the address leads to."""
    client = None
    if news.pass_word:
        try:
            client = client_of_pass_word(news.pass_word)
        except BadSignature:
            client = None  # an old or made-up link binds nobody, and the words are read all the same
    found = conversation_from(kind, address, news.name)
    if client is None or found.client_id == client.pk:
        return found
    return link(found, client) if found.client_id is None else conversation_of(client)


def address_of(kind: AddressKind, sender: str) -> str:
    """E.164 if it is a whole number, an e-mail in lower case, else as the provider names it."""
    if kind == AddressKind.PHONE:
        address = parse_phone(sender, Account.current().country) or sender.strip()
    elif kind == AddressKind.EMAIL:
        address = sender.strip().lower()
    else:
        address = sender.strip()
    if not address:
        raise NotUnderstood(_("Nobody knows who wrote it."))
    return address


def words_of(news: InboundNews) -> str:
    return news.text.strip() or ("" if news.files else news.subject.strip())


def waiting(file: InboundFile) -> Attachment:
    """A file that the worker fetches later."""
    return Attachment(
        name=clean_name(file.name),
        content_type=file.content_type[:100],
        size=max(0, file.size),
        reference=file.reference[:2000],
        state=AttachmentState.WAITING,
    )


def once_key(gateway: Gateway, news: InboundNews, received_at: datetime.datetime) -> str:
    """The provider's own number of the message; without one, what it says and when it came."""
    told = news.provider_id or f"{news.sender}\n{news.text}\n{received_at.isoformat()}"
    if not news.provider_id or len(told) > LONGEST_KEY - 30:
        told = hashlib.sha256(told.encode()).hexdigest()
    return f"{gateway.pk}:{told}"


def hold(kind: AddressKind, address: str) -> None:
    """Nobody else decides whose address this is until the transaction ends; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ADDRESS_LOCK, f"{kind}:{address}"])
