"""Reading a mailbox: only what is new, letter by letter, each noted as read before the next one is asked for.

A letter is new by its UID and the folder's UIDVALIDITY (RFC 9051, 2.3.1.1).
"""

import datetime
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

from django.utils.translation import gettext as _

from locations.values.reasons import NONE, Reason

from ...reasons import FILE_TOO_LARGE
from ..http import MOST_MEDIA_BYTES
from ..news import HookRequest, Media, MediaLater, MediaRefused, Polled, PollFailed
from . import reasons
from .letter_files import MOST_BYTES, LetterFile, OutOfTime, TooLarge, bring, prune
from .letters import WHOLE, Place, as_call, pack, unreadable
from .mailbox import FAILURES, LetterRefused, Mailbox, WrongLogin, explain
from .parts import LETTER, files_of, parse

LETTERS_AT_ONCE = 50
SECONDS = 30  # for looking in; a letter that takes longer is gone on with the next time
CUT_AFTER = 10  # seconds beyond that: the server dribbles
MOST_TRIES = 3  # of a letter at which the connection or the program broke
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"  # RFC 3501's, whatever the language of the site
HEAD_BYTES = 64 * 1024
PROBLEMS = (*FAILURES, WrongLogin, LetterRefused)

Cursor = dict[str, Any]
"""validity, uid: the last letter that was read; day: of the last look; trying: what was begun of the next one."""


def look_in(config: dict[str, str], timeout: float, cursor: Cursor) -> Generator[Polled]:
    """What came since `cursor`; the first time nothing: what lay there before is no news. Raises PollFailed."""
    until = time.monotonic() + SECONDS
    prune()
    try:
        with Mailbox(config, timeout) as box, box.for_at_most(SECONDS + CUT_AFTER):
            yield from _look(box, cursor, until)
    except PROBLEMS as failure:
        raise PollFailed(explain(failure)) from None


def _look(box: Mailbox, cursor: Cursor, until: float) -> Iterator[Polled]:
    start = {"validity": box.validity, "uid": box.following - 1, "day": f"{datetime.date.today():%Y-%m-%d}"}
    if not cursor:
        yield Polled([], start)
        return
    is_same = cursor.get("validity") == box.validity
    uids = _new_uids(box, cursor) if is_same else _uids_since(box, cursor)
    if not uids:
        yield Polled([], {**start, "uid": cursor["uid"]} if is_same else start)
        return
    trying = _try_of(box, cursor.get("trying") or {}, uids[0])
    yield Polled([], {**cursor, "trying": trying}, has_more=True, is_progress=False)
    if _is_to_blame(box, trying, [*uids[1:4], *([cursor["uid"]] if is_same else [])]):
        trying["blamed_at"] = trying["tries"]
        yield Polled([], {**cursor, "trying": trying}, has_more=True, is_progress=False)
    for index, uid in enumerate(uids[:LETTERS_AT_ONCE]):
        following = uids[index + 1] if index + 1 < len(uids) else None
        try:
            calls = _calls(box, trying, lambda: time.monotonic() < until)
        except OutOfTime:
            yield Polled([], {**cursor, "trying": {**trying, "tries": 0}}, has_more=True)
            return
        cursor = {**start, "uid": uid}
        if following is not None:
            trying = _try_of(box, {}, following)
            cursor["trying"] = trying
        yield Polled(calls, cursor, has_more=following is not None)
        if time.monotonic() > until:
            return


def _new_uids(box: Mailbox, cursor: Cursor) -> list[int]:
    """`n:*` names the last letter even if its number is below n, so that one is left out here."""
    since = int(cursor["uid"])
    return [uid for uid in box.uids(f"UID {since + 1}:*") if uid > since]


def _uids_since(box: Mailbox, cursor: Cursor) -> list[int]:
    """The server gave new numbers to everything: what came since the last look is read again, and known by its id."""
    day = datetime.date.fromisoformat(cursor["day"]) - datetime.timedelta(days=1)
    return box.uids(f"SINCE {day.day}-{MONTHS[3 * day.month - 3 : 3 * day.month]}-{day.year}")


def _try_of(box: Mailbox, before: Cursor, uid: int) -> Cursor:
    """How often this letter was begun. A try that brought a part of it on does not count."""
    had = LetterFile(box.config, Place(box.validity, uid)).size
    this = {"validity": box.validity, "uid": uid, "had": had}
    if this.items() <= before.items():
        return {**before, "tries": before["tries"] + 1}
    return {**this, "tries": 1, "blamed_at": 0}


def _is_to_blame(box: Mailbox, trying: Cursor, others: list[int]) -> bool:
    """Whether it is this letter that is not to be had, not the whole mailbox: another one can be read."""
    if trying["tries"] <= MOST_TRIES or trying["blamed_at"] or not others:
        return False
    try:
        return box.read(others[trying["tries"] % len(others)], 0, 1000) is not None
    except LetterRefused:
        return False


def _calls(box: Mailbox, trying: Cursor, has_time: Callable[[], bool]) -> list[HookRequest]:
    """One letter; none if somebody deleted it meanwhile. Raises OutOfTime and PROBLEMS."""
    place = Place(box.validity, trying["uid"])
    if 0 < trying["blamed_at"] < trying["tries"]:
        words = _("(The letter cannot be read here. If the mailbox gives it, it is attached as it came.)")
        is_head_safe = trying["tries"] == trying["blamed_at"] + 1  # the next time even without
        head = _head(box, place.uid) if is_head_safe else b""
        return [pack(unreadable(head, place, words, is_attached=True), place)]
    try:
        raw = bring(box, place, has_time)
    except TooLarge as found:
        size = {"size": max(found.size, MOST_BYTES) // 1024**2}
        words = _("(The letter is too large, %(size)s MB: read it in the mailbox.)") % size
        return [pack(unreadable(found.head or _head(box, place.uid), place, words, is_attached=False), place)]
    return [] if raw is None else [as_call(raw, place)]


def _head(box: Mailbox, uid: int) -> bytes:
    read = box.read(uid, 0, HEAD_BYTES)
    return read[0] if read else b""


def fetch_attachment(config: dict[str, str], timeout: float, reference: str) -> Media:
    """`reference`: as `Place.reference` makes it. Raises MediaRefused, MediaLater."""
    validity, uid, what = reference.split(".")
    place, until = Place(int(validity), int(uid)), time.monotonic() + SECONDS
    try:
        with Mailbox(config, timeout) as box, box.for_at_most(SECONDS + CUT_AFTER):
            if box.validity != place.validity:
                raise MediaRefused(reasons.MADE_ANEW())
            raw = bring(box, place, lambda: time.monotonic() < until)
    except OutOfTime:
        raise MediaLater(reasons.REST_FOLLOWS()) from None
    except TooLarge:
        raise MediaRefused(reasons.LETTER_TOO_LARGE()) from None
    except PROBLEMS as failure:
        raise MediaLater(explain(failure)) from None
    if raw is None:
        raise MediaRefused(reasons.LETTER_GONE())
    return _media(raw, what)


def _media(raw: bytes, what: str) -> Media:
    if what == WHOLE:
        return Media(raw, "", LETTER, is_letter=True)
    files = files_of(parse(raw))
    if int(what) >= len(files):
        raise MediaRefused(reasons.NO_SUCH_FILE())
    found = files[int(what)]
    content = found.content
    if len(content) > MOST_MEDIA_BYTES:
        raise MediaRefused(FILE_TOO_LARGE(megabytes=MOST_MEDIA_BYTES // 1024**2))
    return Media(content, found.name, found.content_type, is_letter=found.content_type == LETTER)


def knock(config: dict[str, str], timeout: float) -> Reason:
    """What is wrong with the mailbox; none when it opens."""
    try:
        with Mailbox(config, timeout):
            return NONE
    except PROBLEMS as failure:
        return explain(failure)
