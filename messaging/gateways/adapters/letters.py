"""What a letter says: whose it is, its newest words, its files, and whether a person wrote it at all."""

import email.utils
import re
import uuid
from collections.abc import Iterator
from email.message import Message
from urllib.parse import parse_qs

from django.utils.translation import gettext as _
from imap_tools import MailMessage
from inscriptis.html_engine import Inscriptis
from lxml.etree import ParserError
from lxml.html import document_fromstring

from .imap import SIZE_HEADER, TOO_LARGE, UNREADABLE
from .news import HookRequest, InboundFile, InboundNews, News, ReceiptNews, ReceiptStatus
from .outcomes import Fault
from .quotes import newest_words

LONGEST_HTML = 300_000  # characters that are turned into text
LONGEST_HEADER = 2000
SMALLEST_PICTURE = 4096  # bytes; a smaller one within the text is a logo or a counter
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
OUR_ID = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@")
QUOTED = (
    "//blockquote[@type='cite'] | //*[contains(@class, 'gmail_quote')] | //*[contains(@class, 'yahoo_quoted')]"
    " | //*[contains(@class, 'moz-cite-prefix')] | //script | //style"
)
XML_DECLARATION = re.compile(r"\A<\?xml [^>]*>")  # names an encoding that text has no more
DEAD = re.compile(r"5\.1\.(1|2|3|10)|5\.2\.1")  # RFC 3463: no such mailbox, no such domain, mailbox disabled


def read_letter(request: HookRequest) -> list[News]:
    """A bounce is a receipt of our own letter. Raises ValueError, in words, for what is for nobody."""
    if not request.body.strip():
        raise ValueError("Not a letter")
    letter = MailMessage.from_bytes(request.body)
    if is_bounce(letter.obj):
        return [read_bounce(letter.obj)]
    if not letter.from_ or "@" not in letter.from_:
        raise ValueError("A letter without a sender's address")
    if ours := OUR_ID.match(header(letter.obj, "Message-ID")):
        raise ValueError(f"Our own letter came back ({ours[1]}): nobody answers it.")
    return [
        InboundNews(
            sender=letter.from_.lower(),
            to=letter.to[0].lower() if letter.to else "",
            text=words_of(letter),
            provider_id=message_id(letter.obj) or request.url,
            name=letter.from_values.name or letter.from_,
            subject=" ".join(letter.subject.split()),
            files=tuple(files_of(letter, request.url)),
            thread=thread_of(letter),
            is_automatic=is_automatic(letter.obj),
            is_doubtful=is_doubtful(letter.obj),
        )
    ]


def words_of(letter: MailMessage) -> str:
    """The text if there is one, else what the HTML says; without what is quoted below."""
    if header(letter.obj, TOO_LARGE):
        return _("(The letter is too large: read it in the mailbox.)")
    if header(letter.obj, UNREADABLE):
        return _("(The letter is broken and cannot be shown here: read it in the mailbox.)")
    text = letter.text if letter.text.strip() else plain(letter.html)
    return newest_words(text)


def plain(html: str) -> str:
    """What a reader would see, as text: no markup is left, and nothing is fetched."""
    if not html.strip():
        return ""
    try:
        tree = document_fromstring(XML_DECLARATION.sub("", html.strip()[:LONGEST_HTML]))
        for quoted in tree.xpath(QUOTED):
            quoted.drop_tree()
        return Inscriptis(tree).get_text().strip()
    except (ParserError, ValueError, RecursionError):
        return ""


def files_of(letter: MailMessage, url: str) -> Iterator[InboundFile]:
    place = parse_qs(url.partition("?")[2])
    validity, uid = place.get("validity", ["0"])[0], place.get("uid", ["0"])[0]
    for index, attachment in enumerate(letter.attachments):
        told = str(attachment.part.get(SIZE_HEADER, "0"))
        size = int(told) if told.isascii() and told.isdecimal() else 0
        is_decoration = attachment.content_disposition != "attachment" and attachment.content_id
        if size and not (is_decoration and size < SMALLEST_PICTURE):
            yield InboundFile(f"{validity}.{uid}.{index}", attachment.filename, attachment.content_type, size)


def thread_of(letter: MailMessage) -> dict[str, str]:
    """What a reply must say to stand under this letter."""
    return {
        "message_id": message_id(letter.obj),
        "references": " ".join(MESSAGE_ID.findall(header(letter.obj, "References"))),
        "subject": " ".join(letter.subject.split())[:400],
    }


def message_id(letter: Message) -> str:
    found = MESSAGE_ID.search(header(letter, "Message-ID"))
    return found[0] if found else ""


def header(letter: Message, name: str) -> str:
    return str(letter.get(name) or "")[:LONGEST_HEADER]


# --- Letters that no person wrote (RFC 3834, RFC 3464) ----------------------------------------------------------------


def is_automatic(letter: Message) -> bool:
    """Absences, confirmations, lists: shown, and never answered by machine."""
    submitted = header(letter, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in {"", "no"}:
        return True
    if header(letter, "Precedence").strip().lower() in {"bulk", "junk", "list", "auto_reply"}:
        return True
    if header(letter, "Return-Path").strip() == "<>":
        return True
    names = {name.lower() for name in letter}
    return bool(names & {"list-id", "list-unsubscribe", "x-autoreply", "x-autorespond"})


def is_doubtful(letter: Message) -> bool:
    """Whether our own mail server, whose verdict stands on top (RFC 8601), could not confirm the sender."""
    verdict = header(letter, "Authentication-Results").lower()
    if re.search(r"\bdmarc=(pass|fail)\b", verdict):
        return "dmarc=fail" in verdict
    return bool(re.search(r"\bspf=(soft)?fail\b", verdict)) and "dkim=pass" not in verdict


def is_bounce(letter: Message) -> bool:
    if letter.get_content_type() == "multipart/report" and letter.get_param("report-type") == "delivery-status":
        return True
    _name, sender = email.utils.parseaddr(header(letter, "From"))
    return sender.partition("@")[0].lower() in {"mailer-daemon", "postmaster"}


def read_bounce(letter: Message) -> ReceiptNews:
    """Raises ValueError when it does not name a letter of ours that was not delivered."""
    status = action = ""
    for part in letter.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload() if isinstance(part.get_payload(), list) else []:
                action = action or header(block, "Action").strip().lower()
                status = status or header(block, "Status").strip()
    named = OUR_ID.search(letter.as_string())
    if named is None or action not in {"failed", ""}:
        raise ValueError("A bounce that names no letter of ours, or only says that it is late.")
    return ReceiptNews(
        ReceiptStatus.FAILED,
        message_key=str(uuid.UUID(named[1])),
        code=status[:50],
        sentence=_("The recipient's mail server sent it back (%(code)s).") % {"code": status or _("no code")},
        fault=Fault.RECIPIENT,
        is_address_dead=bool(DEAD.fullmatch(status)),
    )
