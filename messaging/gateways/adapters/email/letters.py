"""What a letter says, read when it is fetched: outside any transaction, once, whatever is in it.

A letter that cannot be read is shown all the same: whose it is and what about, as far as that can be told, and the
letter as it came, as a file.
"""

import dataclasses
import hashlib
import json
import logging
from collections.abc import Iterator
from email.message import Message
from typing import Any

from django.utils.translation import gettext as _

from locations.values.reasons import Reason, in_words

from ..news import HookRequest, InboundFile, InboundNews, News, NotUnderstood, ReceiptNews, ReceiptStatus
from ..outcomes import Fault
from .bounces import is_automatic, is_doubtful, is_from_list, own_key, read_bounce
from .headers import Person, header, message_id, people, raw_header
from .parts import LETTER, Words, files_of, parse, words_of
from .quotes import is_forwarded, newest_words
from .reasons import NOT_A_LETTER

logger = logging.getLogger(__name__)

LONGEST_WHOLE = 20_000  # characters that a page shows; of a longer one the letter itself is attached
HEAD_BYTES = 64 * 1024  # of a letter that cannot be read, from which is told whose it is
FIRST_LINES = 3  # of a quotation: a mark of forwarding further down is somebody's old one
WHOLE = "whole"
JSON = "application/json"
KINDS = {"inbound": InboundNews, "receipt": ReceiptNews}


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a letter lies in the mailbox."""

    validity: int
    uid: int

    @property
    def url(self) -> str:
        return f"imap:?validity={self.validity}&uid={self.uid}"

    def reference(self, what: int | str) -> str:
        """By which a file of the letter is fetched."""
        return f"{self.validity}.{self.uid}.{what}"


def as_call(raw: bytes, place: Place) -> HookRequest:
    """A letter as if somebody had called with what it says."""
    try:
        news = news_of(raw, place)
    # Strangers write letters, and what Python's parsers raise for bad ones is documented nowhere (TypeError, KeyError,
    # UnicodeError, RecursionError ...): a list of them would always miss one, and that letter would stop the mailbox.
    except Exception:
        logger.exception("The letter %d could not be read; it is shown as it came", place.uid)
        news = unreadable(raw, place, _("(The letter is broken: it is attached as it came.)"), is_attached=True)
    return pack(news, place)


def pack(news: News, place: Place) -> HookRequest:
    kind = next(kind for kind, of in KINDS.items() if isinstance(news, of))
    body = json.dumps({"kind": kind, **dataclasses.asdict(news)}).encode()
    return HookRequest(place.url, "POLL", body, {"content-type": JSON})


def read_letter(request: HookRequest) -> list[News]:
    """What `as_call` had read; a letter itself (from before) is read now. Raises NotUnderstood."""
    if request.headers.get("content-type") != JSON:
        return [news_of(request.body, _place(request))]
    told = json.loads(request.body)
    if not isinstance(told, dict) or told.get("kind") not in KINDS:
        raise NotUnderstood(NOT_A_LETTER())
    return [_unpacked(KINDS[told.pop("kind")], told)]


def news_of(raw: bytes, place: Place) -> News:
    """A bounce is a receipt of our own letter. Raises whatever a strange letter makes Python raise."""
    letter = parse(raw)
    if (bounce := read_bounce(letter)) is not None:
        return bounce
    writer, written_from = whose(letter)
    words = words_of(letter)
    subject = header(letter, "Subject")
    is_new = is_forwarded(words.quoted.split("\n")[:FIRST_LINES], subject)
    newest = newest_words(words.whole if is_new else words.newest, subject)
    is_long = words.is_cut or len(words.whole) > LONGEST_WHOLE
    return InboundNews(
        sender=writer.address,
        to=next((one.address for one in people(letter, "To", "Delivered-To")), ""),
        text=newest,
        whole=words.whole[:LONGEST_WHOLE] if words.whole.strip() != newest else "",
        provider_id=known_by(letter, place, writer, words),
        name=writer.name or writer.address,
        subject=subject,
        files=tuple(_files(letter, place, len(raw) if is_long or not writer.address else 0)),
        thread=thread_of(letter, subject),
        is_automatic=is_automatic(letter),
        is_for_people=is_from_list(letter),
        is_doubtful=is_doubtful(letter),
        written_from=written_from,
        own_key=own_key(letter),
    )


def unreadable(raw: bytes, place: Place, words: str, *, is_attached: bool) -> InboundNews:
    """Who wrote about what, as far as the head says it without the rest. `words`: what stands in the letter's place."""
    letter = Message()
    for name, value in _fields(raw[:HEAD_BYTES]):
        if name.lower() in {
            "from",
            "sender",
            "reply-to",
            "return-path",
            "to",
            "subject",
            "message-id",
            "auto-submitted",
        }:
            letter[name] = value
    writer, written_from = whose(letter)
    return InboundNews(
        sender=writer.address,
        to=next((one.address for one in people(letter, "To")), ""),
        text=words,
        provider_id=known_by(letter, place, writer, Words("", raw[:HEAD_BYTES].decode("latin-1"))),
        name=writer.name or writer.address,
        subject=header(letter, "Subject"),
        files=(_itself(place, len(raw)),) if is_attached else (),
        thread=thread_of(letter, header(letter, "Subject")),
        is_automatic=is_automatic(letter),
        is_for_people=True,
        written_from=written_from,
        own_key=own_key(letter),
    )


def whose(letter: Message) -> tuple[Person, str]:
    """Whom to answer, and from where it was sent if that is another address (a form on a web page).

    A list puts its own address into Reply-To: one that the letter went to is nobody's.
    """
    senders = people(letter, "From") or people(letter, "Sender") or people(letter, "Return-Path")
    sender = senders[0] if senders else Person("", "")
    recipients = {one.address for one in people(letter, "To", "Cc", "Delivered-To", "X-Original-To", "List-Post")}
    answers = [one for one in people(letter, "Reply-To") if one.address not in recipients]
    if not answers or answers[0].address == sender.address:
        return sender, ""
    named = answers[0] if answers[0].name else Person(sender.name if not sender.address else "", answers[0].address)
    return named, sender.address


def thread_of(letter: Message, subject: str) -> dict[str, str]:
    """What a reply must say to stand under this letter."""
    named = [one for one in raw_header(letter, "References", 20_000).split() if one.startswith("<")]
    return {
        "message_id": message_id(letter),
        "references": " ".join(one for one in named[-30:] if len(one) < 250),
        "subject": subject[:400],
    }


def known_by(letter: Message, place: Place, writer: Person, words: Words) -> str:
    """What is the same for a letter that comes twice, by a list and directly. Its Message-ID alone is not: programs
    that give each letter the same one exist, and so do people who copy another's.
    """
    told = message_id(letter)
    if not told:
        return place.url
    content = "\0".join((writer.address, header(letter, "Subject"), " ".join(words.whole.split())))
    return f"{told} {hashlib.sha256(content.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _files(letter: Message, place: Place, size: int) -> Iterator[InboundFile]:
    """`size`: bytes of the letter, if it is attached itself."""
    for index, file in enumerate(files_of(letter)):
        length = len(file.content)
        if length:
            yield InboundFile(place.reference(index), file.name, file.content_type, length)
    if size:
        yield _itself(place, size)


def _itself(place: Place, size: int) -> InboundFile:
    return InboundFile(place.reference(WHOLE), _("letter as it came") + ".eml", LETTER, size)


def _fields(head: bytes) -> Iterator[tuple[str, str]]:
    """Headers as they stand there, broken lines joined."""
    lines = head.replace(b"\r\n", b"\n").split(b"\n\n")[0].split(b"\n")
    name, words = "", b""
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            words += b" " + line.strip()
            continue
        if name:
            yield name, words.decode("ascii", "surrogateescape")
        before, colon, words = line.partition(b":")
        name = before.strip().decode("ascii", "replace") if colon else ""
    if name:
        yield name, words.decode("ascii", "surrogateescape")


def _place(request: HookRequest) -> Place:
    told = {name: request.query.get(name, "") for name in ("validity", "uid")}
    return Place(*(int(one) if one.isascii() and one.isdecimal() else 0 for one in told.values()))


def _unpacked(of: type[News], told: dict[str, Any]) -> News:
    if of is ReceiptNews:
        status, fault = ReceiptStatus(told.pop("status")), Fault(told.pop("fault"))
        # An earlier version kept a sentence; calls that it kept may still be read.
        why = Reason(told.pop("reason")["text"]) if "reason" in told else in_words(told.pop("sentence", ""))
        return ReceiptNews(status, reason=why, fault=fault, **{**told, "other_keys": tuple(told["other_keys"])})
    return InboundNews(**{**told, "files": tuple(InboundFile(**one) for one in told["files"])})
