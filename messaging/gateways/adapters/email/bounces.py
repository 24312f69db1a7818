"""Letters of machines: absences, lists, and what says that a letter of ours could not be delivered (RFC 3464, 3834)."""

import re
import uuid
from collections.abc import Iterator
from email.message import Message

from ..news import ReceiptNews, ReceiptStatus
from ..outcomes import Fault
from . import reasons
from .headers import header, people, raw_header
from .parts import inner, leaves

KEY_HEADER = "X-Gonets-Message"  # in each letter of ours: relays write another Message-ID
_KEY = r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
OUR_ID = re.compile(rf"<{_KEY}@", re.IGNORECASE)
NAMED_KEY = re.compile(rf"^[> \t]*{KEY_HEADER}:\s*{_KEY}", re.IGNORECASE | re.MULTILINE)
PLUS_KEY = re.compile(rf"\+{_KEY}@", re.IGNORECASE)  # in the address that a bounce comes to, where that is switched on
COMES_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
NAMED_ENVELOPE = re.compile(rf"^original-envelope-id:\s*{_KEY}", re.IGNORECASE | re.MULTILINE)
NAMED_ID = re.compile(rf"^[> \t]*message-id:\s*<{_KEY}@", re.IGNORECASE | re.MULTILINE)
FIELD = re.compile(r"^(action|status)\s*:\s*(.{1,200})", re.IGNORECASE | re.MULTILINE)
STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
DEAD = re.compile(r"5\.1\.(1|2|3|10)|5\.2\.1")  # RFC 3463: no such mailbox, no such domain, mailbox disabled
LONGEST = 300_000  # characters of a part in which our key is looked for


def is_automatic(letter: Message) -> bool:
    """Absences and confirmations: shown, and never answered by machine. That it came by a list says nothing of this."""
    submitted = header(letter, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in {"", "no"}:
        return True
    if raw_header(letter, "Return-Path") == "<>":
        return True
    if header(letter, "Precedence").lower() in {"bulk", "junk", "auto_reply"} and not is_from_list(letter):
        return True
    names = {name.lower() for name in letter}
    return bool(names & {"x-autoreply", "x-autorespond"})


def is_from_list(letter: Message) -> bool:
    """A person wrote it to many: an operator reads it, and no machine answers (RFC 3834, 2)."""
    names = {name.lower() for name in letter}
    return bool(names & {"list-id", "list-post"}) or header(letter, "Precedence").lower() == "list"


def is_doubtful(letter: Message) -> bool:
    """Whether our own mail server, whose verdict stands on top (RFC 8601), could not confirm the sender."""
    verdict = header(letter, "Authentication-Results").lower()
    if re.search(r"\bdmarc=(pass|fail)\b", verdict):
        return "dmarc=fail" in verdict
    return bool(re.search(r"\bspf=(soft)?fail\b", verdict)) and "dkim=pass" not in verdict


def own_key(letter: Message) -> str:
    """The key of the message of ours that this letter may be; whether it is, the table of messages knows."""
    told = re.fullmatch(_KEY, header(letter, KEY_HEADER), re.IGNORECASE)
    named = told or OUR_ID.match(raw_header(letter, "Message-ID"))
    return str(uuid.UUID(named[1])) if named else ""


def read_bounce(letter: Message) -> ReceiptNews | None:
    """What it says of a letter of ours; None when it is no bounce, names none, or says only that it is late."""
    parts = list(leaves(letter))
    report = "\n".join(_report(part) for part in parts if part.get_content_type() == "message/delivery-status")
    if not report and not _is_from_machine(letter):
        return None
    told = {name.lower(): value.strip() for name, value in FIELD.findall(report)}
    keys = list(dict.fromkeys(_keys(letter, parts, report)))
    if not keys or told.get("action", "failed").partition(" ")[0].lower() != "failed":
        return None
    status = found[0] if (found := STATUS.search(told.get("status", ""))) else ""
    return ReceiptNews(
        ReceiptStatus.FAILED,
        message_key=keys[0],
        other_keys=tuple(keys[1:5]),
        code=status,
        reason=reasons.BOUNCED(code=status) if status else reasons.BOUNCED_WITHOUT_CODE(),
        fault=Fault.RECIPIENT,
        is_address_dead=bool(DEAD.fullmatch(status)),
    )


def _is_from_machine(letter: Message) -> bool:
    """Old mail servers write no report. A person may well be postmaster somewhere."""
    sender = next((one.address.partition("@")[0] for one in people(letter, "From")), "")
    return sender == "mailer-daemon" or (sender == "postmaster" and is_automatic(letter))


def _keys(letter: Message, parts: list[Message], report: str) -> Iterator[str]:
    """Which letter of ours it may be about, the surest first. The bounce's own Message-ID is none of them."""
    returned = [_returned(part) for part in parts]
    for pattern, texts in ((NAMED_KEY, returned), (NAMED_ENVELOPE, [report]), (NAMED_ID, returned)):
        for text in texts:
            yield from (str(uuid.UUID(key)) for key in pattern.findall(text))
    for name in COMES_TO:
        yield from (str(uuid.UUID(key)) for key in PLUS_KEY.findall(raw_header(letter, name)))
    for name in ("In-Reply-To", "References"):
        yield from (str(uuid.UUID(key)) for key in OUR_ID.findall(raw_header(letter, name)))


def _report(part: Message) -> str:
    said = [f"{name}: {value}" for block in inner(part) for name, value in block.items()]
    return "\n".join(said) if said else _content(part)


def _returned(part: Message) -> str:
    """What stands in a part that may quote our letter; the head of a letter that came back whole."""
    if part.is_multipart():
        return "\n".join(f"{name}: {value}" for one in inner(part) for name, value in one.items())[:LONGEST]
    return _content(part) if part.get_content_maintype() in {"text", "message"} else ""


def _content(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content[:LONGEST].decode("utf-8", "replace") if isinstance(content, bytes) else ""
