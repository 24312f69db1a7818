"""Reading a mailbox: only what is new, one letter at a time, and nothing in it is changed.

A letter is new by its UID and the folder's UIDVALIDITY (RFC 9051, 2.3.1.1). What is kept of it has its attachments
taken out: they are fetched when somebody needs them.
"""

import datetime
import imaplib
import ssl
from typing import Any

from django.utils.translation import gettext as _
from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessage, U
from imap_tools.errors import ImapToolsError, MailboxLoginError

from .connections import MOST_MEDIA_BYTES
from .news import HookRequest, Media, MediaLater, MediaRefused, Polled, PollFailed

FOLDER = "INBOX"
LETTERS_AT_ONCE = 20
MOST_BYTES = 40 * 1024**2  # of a letter; of a larger one only its headers are read
KEPT_BYTES = 512 * 1024  # of its text
SIZE_HEADER = "X-Gonets-Bytes"  # in a part whose content was taken out
TOO_LARGE = "X-Gonets-Too-Large"
UNREADABLE = "X-Gonets-Unreadable"
KEPT_OF_UNREADABLE = ("From", "To", "Subject", "Message-ID", "Auto-Submitted", "Precedence", "Return-Path", "List-Id")
FAILURES = (imaplib.IMAP4.error, ImapToolsError, OSError, ssl.SSLError, EOFError)
# What Python's parser raises for letters that no mail program makes: parts a thousand deep, charsets that cannot be.
PARSING_FAILURES = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
BOXES = {"ssl": MailBox, "starttls": MailBoxStartTls, "none": MailBoxUnencrypted}


def open_mailbox(config: dict[str, str], timeout: float) -> BaseMailBox:
    """Logged in, the folder open for reading only. Raises FAILURES."""
    box = BOXES[config.get("imap_security") or "ssl"](config["imap_host"], int(config["imap_port"]), timeout=timeout)
    try:
        box.login(config["imap_username"], config["imap_password"], initial_folder=None)
        box.folder.set(FOLDER, readonly=True)
    except FAILURES:
        box.client.shutdown()
        raise
    return box


def look_in(config: dict[str, str], timeout: float, cursor: dict[str, Any]) -> Polled:
    """What came since `cursor`; the first time nothing: what lay there before is no news. Raises PollFailed."""
    try:
        with open_mailbox(config, timeout) as box:
            status = box.folder.status(FOLDER, ["UIDVALIDITY", "UIDNEXT"])
            validity, following = status["UIDVALIDITY"], status["UIDNEXT"]
            today = f"{datetime.date.today():%Y-%m-%d}"
            if not cursor:
                return Polled([], {"validity": validity, "uid": following - 1, "day": today})
            is_same = cursor.get("validity") == validity
            uids = _new_uids(box, cursor) if is_same else _uids_since(box, cursor)
            calls = [call for uid in uids[:LETTERS_AT_ONCE] for call in _fetch(box, validity, uid)]
    except FAILURES as failure:
        raise PollFailed(explain(failure)) from None
    has_more = len(uids) > LETTERS_AT_ONCE
    seen = uids[:LETTERS_AT_ONCE][-1] if uids else (cursor["uid"] if is_same else following - 1)
    return Polled(calls, {"validity": validity, "uid": seen, "day": today}, has_more)


def _new_uids(box: BaseMailBox, cursor: dict[str, Any]) -> list[int]:
    """`n:*` names the last letter even if its number is below n, so that one is left out here."""
    since = int(cursor["uid"])
    return sorted(uid for uid in map(int, box.uids(AND(uid=U(str(since + 1), "*")))) if uid > since)


def _uids_since(box: BaseMailBox, cursor: dict[str, Any]) -> list[int]:
    """The server gave new numbers to everything: what came since the last look is read again, and known by its id."""
    day = datetime.date.fromisoformat(cursor["day"]) - datetime.timedelta(days=1)
    return sorted(map(int, box.uids(AND(date_gte=day))))


def _fetch(box: BaseMailBox, validity: int, uid: int) -> list[HookRequest]:
    """One letter as a call; none if somebody deleted it meanwhile. A letter made to break us stops no other."""
    try:
        return _read(box, validity, uid)
    except PARSING_FAILURES:
        heads = box.fetch(uid_list=str(uid), mark_seen=False, headers_only=True)
        return [as_unreadable(head, validity, uid) for head in heads]


def _read(box: BaseMailBox, validity: int, uid: int) -> list[HookRequest]:
    heads = list(box.fetch(uid_list=str(uid), mark_seen=False, headers_only=True))
    if heads and heads[0].size_rfc822 > MOST_BYTES:
        heads[0].obj[TOO_LARGE] = str(heads[0].size_rfc822)
        return [as_call(heads[0], validity, uid)]
    letters = box.fetch(uid_list=str(uid), mark_seen=False) if heads else ()
    return [as_call(letter, validity, uid) for letter in letters]


def as_call(letter: MailMessage, validity: int, uid: int) -> HookRequest:
    """A letter as if somebody had called with it, its attachments taken out; a bounce keeps what it quotes."""
    for attachment in letter.attachments if letter.obj.get_content_type() != "multipart/report" else ():
        size = attachment.size
        del attachment.part["Content-Transfer-Encoding"]
        attachment.part.set_payload("")
        attachment.part[SIZE_HEADER] = str(size)
    body = letter.obj.as_bytes()[:KEPT_BYTES]
    return HookRequest(f"imap:?validity={validity}&uid={uid}", "POLL", body, {"content-type": "message/rfc822"})


def as_unreadable(head: MailMessage, validity: int, uid: int) -> HookRequest:
    """Who wrote, so that somebody looks into the mailbox."""
    told = [(name, " ".join(str(head.obj.get(name) or "").split())) for name in KEPT_OF_UNREADABLE]
    lines = [f"{name}: {words[:900]}" for name, words in told if words]
    body = "\r\n".join([*lines, f"{UNREADABLE}: 1", "", ""]).encode("utf-8", "replace")
    return HookRequest(f"imap:?validity={validity}&uid={uid}", "POLL", body, {"content-type": "message/rfc822"})


def fetch_attachment(config: dict[str, str], timeout: float, reference: str) -> Media:
    """`reference`: validity.uid.index. Raises MediaRefused, MediaLater."""
    validity, uid, index = (int(part) for part in reference.split("."))
    try:
        with open_mailbox(config, timeout) as box:
            if box.folder.status(FOLDER, ["UIDVALIDITY"])["UIDVALIDITY"] != validity:
                raise MediaRefused(_("The mailbox was made anew: look for the file there."))
            letters = list(box.fetch(uid_list=str(uid), mark_seen=False))
    except FAILURES as failure:
        raise MediaLater(explain(failure)) from None
    attachments = letters[0].attachments if letters else []
    if index >= len(attachments):
        raise MediaRefused(_("The letter is no longer in the mailbox."))
    found = attachments[index]
    if found.size > MOST_MEDIA_BYTES:
        raise MediaRefused(_("The file is larger than %(megabytes)s MB.") % {"megabytes": MOST_MEDIA_BYTES // 1024**2})
    return Media(found.payload, found.filename, found.content_type)


def knock(config: dict[str, str], timeout: float) -> str:
    """What is wrong with the mailbox, in words; "" when it opens."""
    try:
        with open_mailbox(config, timeout):
            return ""
    except FAILURES as failure:
        return explain(failure)


def explain(failure: Exception) -> str:
    if isinstance(failure, MailboxLoginError):
        return _("The mailbox does not know this user name with this password.")
    if isinstance(failure, ssl.SSLError):
        return _("The mailbox's encryption does not work: check the port and the kind of encryption.")
    if isinstance(failure, OSError | EOFError):
        return _("The server of the mailbox could not be reached.")
    return _("The mailbox refused: %(words)s") % {"words": str(failure)[:300]}
