"""A connection to a mailbox (RFC 3501): it reads by numbers, in parts, and changes nothing."""

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

from locations.errors import WithReason
from locations.values.reasons import Reason

from . import reasons

FOLDER = "INBOX"
FAILURES = (imaplib.IMAP4.error, OSError, EOFError)
# A part of a letter may come as a quoted string too, if it is short (RFC 3501, 9: nstring).
_QUOTED = re.compile(rb'BODY\[\](?:<\d+>)? "((?:[^"\\]|\\.)*)"')
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,15})")


class WrongLogin(WithReason):
    """The server refused the user name or password, or takes none like these."""


class LetterRefused(Exception):
    """The server has the letter and does not give it. The message is what it said."""


class Mailbox:
    """Logged in, the folder open for reading only. Raises FAILURES and WrongLogin when it cannot be opened."""

    def __init__(self, config: dict[str, str], timeout: float) -> None:
        self.config = config
        self.client = self._connect(config["imap_host"], int(config["imap_port"]), timeout)
        try:
            self._log_in()
            self.validity, self.following = self._numbers()
            self._done(self.client.select(FOLDER, readonly=True))
        except BaseException:
            self.cut()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(*FAILURES):
            self.client.logout()
        self.cut()

    @contextmanager
    def for_at_most(self, seconds: float) -> Iterator[None]:
        """The connection is cut after so long, also from a server that sends a byte now and then."""
        timer = threading.Timer(seconds, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def cut(self) -> None:
        with suppress(OSError):
            self.client.sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self.client.shutdown()

    def uids(self, asked: str) -> list[int]:
        """Numbers of the letters that a search finds, ascending."""
        found = self._done(self.client.uid("SEARCH", asked))
        return sorted(int(one) for one in b" ".join(filter(None, found)).split() if one.isdigit())

    def read(self, uid: int, start: int, most: int) -> tuple[bytes, int] | None:
        """Up to so many bytes of a letter, and how many the server says that it has; None: it is gone.

        Raises LetterRefused.
        """
        status, answer = self.client.uid("FETCH", str(uid), f"(UID RFC822.SIZE BODY.PEEK[]<{start}.{most}>)")
        if status != "OK":
            raise LetterRefused(_words(answer))
        told = b" ".join(one[0] if isinstance(one, tuple) else one for one in answer if one)
        size = int(found[1]) if (found := _SIZE.search(told)) else 0
        for one in answer:
            if isinstance(one, tuple) and b"BODY[]" in one[0]:
                return one[1], size
        if quoted := _QUOTED.search(told):
            return re.sub(rb"\\(.)", rb"\1", quoted[1]), size
        return (b"", size) if b"BODY[]" in told else None

    def _connect(self, host: str, port: int, timeout: float) -> imaplib.IMAP4:
        security = self.config.get("imap_security") or "ssl"
        if security == "ssl":
            return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=timeout)
        client = imaplib.IMAP4(host, port, timeout=timeout)
        if security == "starttls":
            try:
                client.starttls(ssl.create_default_context())
            except BaseException:
                client.shutdown()
                raise
        return client

    def _log_in(self) -> None:
        """What is not ASCII goes by SASL, which has it in UTF-8 (RFC 4616); LOGIN has no charset at all (RFC 3501)."""
        username, password = self.config["imap_username"], self.config["imap_password"]
        try:
            if username.isascii() and password.isascii():
                self.client.login(username, password)
            else:
                self._log_in_plainly(username, password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            raise WrongLogin(reasons.WRONG_LOGIN()) from None

    def _log_in_plainly(self, username: str, password: str) -> None:
        if "AUTH=PLAIN" in self.client.capabilities:
            self.client.authenticate("PLAIN", lambda _challenge: f"\0{username}\0{password}".encode())
            return
        if not username.isascii():
            raise WrongLogin(reasons.LATIN_NAMES_ONLY())
        self.client.literal = password.encode()  # type: ignore[assignment]  # bytes, whatever the stub says
        name = username.replace("\\", "\\\\").replace('"', '\\"')
        status, answer = self.client._simple_command("LOGIN", f'"{name}"')
        if status != "OK":
            raise imaplib.IMAP4.error(_words(answer))
        self.client.state = "AUTH"

    def _numbers(self) -> tuple[int, int]:
        """UIDVALIDITY, and the number that the next letter gets."""
        [told, *_more] = self._done(self.client.status(FOLDER, "(UIDVALIDITY UIDNEXT)"))
        found = {name: int(value) for name, value in re.findall(rb"(UIDVALIDITY|UIDNEXT) (\d{1,15})", told or b"")}
        if len(found) < 2:
            raise imaplib.IMAP4.error("It does not number its letters.")
        return found[b"UIDVALIDITY"], found[b"UIDNEXT"]

    def _done(self, answer: tuple[str, list[Any]]) -> list[Any]:
        status, data = answer
        if status != "OK":
            raise imaplib.IMAP4.error(_words(data))
        return data


def explain(failure: Exception) -> Reason:
    """For whoever connected the mailbox."""
    if isinstance(failure, WrongLogin):
        return failure.reason
    if isinstance(failure, ssl.SSLError):
        return reasons.WRONG_ENCRYPTION()
    if isinstance(failure, OSError | EOFError):
        return reasons.NOT_REACHED()
    if isinstance(failure, LetterRefused):
        return reasons.LETTER_NOT_GIVEN(words=str(failure)[:300])
    return reasons.REFUSED(words=str(failure)[:300])


def _words(answer: list[Any]) -> str:
    said = b" ".join(one[1] if isinstance(one, tuple) else one for one in answer if one)
    return said.decode("utf-8", "replace")[:300]
