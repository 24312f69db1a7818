"""What customers write by any line but the web becomes messages in conversations, exactly once."""

import datetime
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.signing import BadSignature
from django.db import connection
from django.utils import timezone

from locations.consent import normalise_address
from locations.models import Channel, Company
from locations.values.phones import parse_phone
from locations.values.reasons import NONE, Reason
from messaging.gateways.adapters import InboundFile, InboundNews, NotUnderstood, Unclear
from messaging.gateways.models import Gateway
from messaging.outbox.models import Message, UnusableAddress

from .. import reasons
from ..attachments.attachments import clean_name
from ..conversations.merging import link
from ..conversations.opt_out import obey
from ..conversations.opt_out_keywords import Wish, read_wish
from ..conversations.writing import Said, announce, lock, receive, remark, show
from ..identity.finding import LATELY, conversation_from, conversation_of, meet_address, remember_address
from ..lines.lines import line_of
from ..lines.telegram_links import client_of_pass_word
from ..models import AddressKind, Attachment, AttachmentState, ChatMessage, Conversation, Line, LineKind
from .flood import is_unwanted

ADDRESS_LOCK = 7_261_002
"""PostgreSQL's advisory lock: two first messages from one address make one conversation."""
MOST_FILES = 20
LONGEST_KEY = 300

Batch = list[tuple[Gateway, InboundNews, datetime.datetime]]


def hear(batch: Batch, **_signal: Any) -> list[Unclear]:
    """Listens to gateways.inbound_stored. Raises NotUnderstood for what cannot be kept."""
    return [unclear for told in batch for unclear in take(*told)]


def take(gateway: Gateway, news: InboundNews, received_at: datetime.datetime) -> list[Unclear]:
    """One message of a customer; returns what of it has no effect. The same one again changes nothing."""
    key = once_key(gateway, news, received_at)
    if not gateway.line_kind:
        raise NotUnderstood(reasons.NOBODY_WRITES())
    if ChatMessage.objects.with_key(key).exists():
        return [Unclear(reasons.CAME_BEFORE(), must_be_seen=False)]
    if is_our_own(news):
        return [Unclear(reasons.OWN_LETTER(), must_be_seen=False)]
    line = line_of(gateway, LineKind(gateway.line_kind))
    kind = LineKind(line.kind).address_kind
    if kind == AddressKind.EMAIL and not news.sender:
        tell_of_nobody(said_in(news, key, received_at), line)
        return []
    address = address_of(kind, news.sender)
    hold(kind, address)
    conversation = whose(kind, address, news)
    is_quiet = is_unwanted(conversation, kind, address)
    said = said_in(news, key, received_at, is_wanted=not is_quiet)
    if news.is_automatic:
        meet_address(conversation, kind, address, line)
    else:
        remember_address(conversation, kind, address, line, received_at, news.thread)
    UnusableAddress.objects.filter(channel=LineKind(line.kind).channel, address=address).delete()
    write(conversation, said, line, address, news, is_quiet=is_quiet)
    if len(news.files) <= MOST_FILES:
        return []
    return [Unclear(reasons.TOO_MANY_FILES(taken=MOST_FILES, sent=len(news.files)))]


def said_in(news: InboundNews, key: str, received_at: datetime.datetime, *, is_wanted: bool = True) -> Said:
    """What the chat keeps of it. `is_wanted`: its files are fetched."""
    files = tuple(waiting(one, is_wanted=is_wanted) for one in kept_files(news.files))
    return Said(words_of(news), title_of(news), key, files, received_at, news.whole)


def write(
    conversation: Conversation, said: Said, line: Line, address: str, news: InboundNews, *, is_quiet: bool = False
) -> None:
    is_obeyed = not (news.is_automatic or news.is_doubtful or news.is_for_people)
    may_wish = is_obeyed and not news.written_from  # else anybody could take away what another one gets
    wish = read_wish(said.text, LineKind(line.kind), news.command) if may_wish else None
    if wish == Wish.LEAVE_PERHAPS and answers_order(address):
        wish = None  # it is the order that they want to call off
    if wish is not None:
        obey(conversation, said, line, address, wish, is_taken=news.command is not None)
        return
    is_read = news.is_automatic
    how = {"is_unread": not is_read, "is_heard": is_obeyed, "keeps_line": is_read, "is_quiet": is_quiet}
    written = receive(conversation, said, line, **how)
    for doubt in doubts_of(news) if written is not None and not is_quiet else ():
        row = lock(conversation)
        show(row, remark(row, doubt))


def answers_order(address: str) -> bool:
    """Whether what we last wrote to this phone, and lately, was about an order."""
    last = Message.objects.filter(to=address, channel=Channel.SMS).order_by("-pk").first()
    return last is not None and last.order_id is not None and last.created_at > timezone.now() - LATELY


def doubts_of(news: InboundNews) -> Iterator[Reason]:
    """What an operator should know about who wrote it."""
    if news.is_doubtful:
        yield reasons.DOUBTFUL_SENDER()
    if news.written_from:
        yield reasons.ANSWERS_ELSEWHERE(sender=news.written_from, address=news.sender)


def is_our_own(news: InboundNews) -> bool:
    """Whether a message of ours came back; the table knows which keys are ours, a key's looks say nothing."""
    try:
        key = uuid.UUID(news.own_key)
    except ValueError:
        return False
    return Message.objects.filter(key=key).exists()


def tell_of_nobody(said: Said, line: Line) -> None:
    """A letter that names no sender is read by the operators all the same."""
    announce(replace(said, notice=reasons.NO_SENDER(line=line)), line)


def whose(kind: str, address: str, news: InboundNews) -> Conversation:
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


def address_of(kind: str, sender: str) -> str:
    """E.164 if it is a whole number, an e-mail in lower case, else as the provider names it."""
    if kind == AddressKind.PHONE:
        address = parse_phone(sender, Company.current().country) or sender.strip()
    elif kind == AddressKind.EMAIL:
        address = normalise_address(sender)
    else:
        address = sender.strip()
    if not address:
        raise NotUnderstood(reasons.UNKNOWN_SENDER())
    return address


def words_of(news: InboundNews) -> str:
    words = news.text.strip() or ("" if news.files else news.subject.strip())
    return "\n\n".join(filter(None, dict.fromkeys((news.subject, words)))) if news.is_automatic else words


def title_of(news: InboundNews) -> str:
    """What answers are titled after: never a machine's “Automatic reply”, which stands above its words instead."""
    return "" if news.is_automatic else news.subject


def kept_files(files: tuple[InboundFile, ...]) -> tuple[InboundFile, ...]:
    """The last one always: of a letter that has too many it is the letter itself."""
    return files if len(files) <= MOST_FILES else (*files[: MOST_FILES - 1], files[-1])


def waiting(file: InboundFile, *, is_wanted: bool = True) -> Attachment:
    """A file that the worker fetches later, unless it comes with what nobody wants."""
    return Attachment(
        name=clean_name(file.name),
        content_type=file.content_type[:100],
        size=max(0, file.size),
        reference=file.reference[:2000],
        state=AttachmentState.WAITING if is_wanted else AttachmentState.REFUSED,
        reason=NONE if is_wanted else reasons.UNWANTED(),
    )


def once_key(gateway: Gateway, news: InboundNews, received_at: datetime.datetime) -> str:
    """The provider's own number of the message; without one, what it says and when it came."""
    told = news.provider_id or f"{news.sender}\n{news.text}\n{received_at.isoformat()}"
    if not news.provider_id or len(told) > LONGEST_KEY - 30:
        told = hashlib.sha256(told.encode()).hexdigest()
    return f"{gateway.pk}:{told}"


def hold(kind: str, address: str) -> None:
    """Nobody else decides whose address this is until the transaction ends; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ADDRESS_LOCK, f"{kind}:{address}"])
