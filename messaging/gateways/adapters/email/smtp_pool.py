"""Connections to a mail server that say when a letter is about to leave: after that, no answer means doubt."""

import base64
import hmac
import smtplib
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, BinaryIO, overload

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

IDLE_SECONDS = 3  # a connection that rested longer is made anew: servers hang up without a word
MOST_CHALLENGES = 5  # of a server that asks for a login
MOST_LINES = 200  # of one answer; EHLO's is the longest, with some 20
LETTERS_PER_CONNECTION = 100  # more are refused by many servers


class Handover:
    """Decides, once and for both threads, whether a letter left before its time was up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given_at = time.monotonic()
        self.is_tried = False  # a connection was free for it in time
        self.has_begun = False
        self._is_abandoned = False

    @property
    def waited(self) -> float:
        """Seconds since the letter was given to us."""
        return time.monotonic() - self._given_at

    def begin(self) -> None:
        """Called right before the letter leaves. Raises TimeoutError when nobody waits for it any more."""
        with self._lock:
            if self._is_abandoned:
                raise TimeoutError
            self.has_begun = True

    def abandon(self) -> bool:
        """True: the letter has not left and never will."""
        with self._lock:
            self._is_abandoned = not self.has_begun
            return self._is_abandoned


class _Lines:
    """A server's lines, so many at most in one answer: an endless one is cut like a lost connection."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.left = file, 0

    def readline(self, most: int) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError("The answer has too many lines")
        return self._file.readline(most)

    def close(self) -> None:
        self._file.close()


class _Announcing(smtplib.SMTP):
    """An SMTP connection that says when the text of a letter is about to leave: after that, no answer means doubt."""

    handover: Handover | None = None
    key = ""  # of the message, for the envelope
    is_returned_by_key = False

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """A bounce names the envelope's id (RFC 3461), even if a relay has given the letter another Message-ID.

        Where nobody takes such an id, the address that a bounce comes to may have the key in it.
        """
        if self.key and self.has_extn("dsn"):
            options = [*options, f"ENVID={self.key}"]
        if self.key and self.is_returned_by_key:
            name, _at, domain = sender.rpartition("@")
            sender = f"{name}+{self.key}@{domain}"
        return super().mail(sender, options)

    def auth(self, mechanism: str, authobject: Callable, *, initial_response_ok: bool = True) -> tuple[int, bytes]:
        """As in smtplib, but what is not ASCII goes in UTF-8, as RFC 4616 has it; there it is an error."""
        if self.user.isascii() and self.password.isascii():
            return super().auth(mechanism, authobject, initial_response_ok=initial_response_ok)
        return self._answer_in_utf_8(mechanism, authobject)

    @overload
    def auth_cram_md5(self, challenge: None = None) -> None: ...

    @overload
    def auth_cram_md5(self, challenge: "ReadableBuffer") -> str: ...

    def auth_cram_md5(self, challenge: "ReadableBuffer | None" = None) -> str | None:
        if challenge is None:
            return None
        return f"{self.user} {hmac.HMAC(self.password.encode(), challenge, 'md5').hexdigest()}"

    def _answer_in_utf_8(self, mechanism: str, authobject: Callable) -> tuple[int, bytes]:
        """Raises SMTPAuthenticationError."""
        first = authobject() if mechanism == "PLAIN" else None
        self._auth_challenge_count = 0 if first is None else 1
        code, said = self.docmd("AUTH", mechanism if first is None else f"{mechanism} {_in_base64(first)}")
        while code == 334 and self._auth_challenge_count < MOST_CHALLENGES:
            self._auth_challenge_count += 1  # by which smtplib's LOGIN knows what is asked for
            code, said = self.docmd(_in_base64(authobject(base64.b64decode(said))))
        if code in {235, 503}:
            return code, said
        raise smtplib.SMTPAuthenticationError(code, said)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Lines(self.sock.makefile("rb"))
        if self.file is not None:
            self.file.left = MOST_LINES
        return super().getreply()

    def data(self, msg: "ReadableBuffer | str") -> tuple[int, bytes]:
        if self.handover:
            self.handover.begin()
        return super().data(msg)


def _in_base64(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


class _SslConnection(_Announcing, smtplib.SMTP_SSL):
    pass


class Connection(EmailBackend):
    """One connection, kept for some letters."""

    is_returned_by_key = False  # whether a bounce comes to a plus address with the message's key
    letters = 0
    used_at = 0.0  # time.monotonic()
    connection: smtplib.SMTP | None
    _partial_connection: smtplib.SMTP | None  # one that is not let in yet

    @property
    def connection_class(self) -> type[_Announcing]:
        return _SslConnection if self.use_ssl else _Announcing

    def carry(self, letter: EmailMessage, handover: Handover, key: str = "") -> None:
        """Raises what smtplib and sockets raise; `handover.has_begun` tells whether the letter had left by then.

        `key`: of the message.
        """
        self.open()
        assert isinstance(self.connection, _Announcing)  # of our class, and open: it raises when it cannot
        self.connection.handover, self.connection.key = handover, key
        self.connection.is_returned_by_key = self.is_returned_by_key
        self.send_messages([letter])
        self.letters += 1
        self.used_at = time.monotonic()

    def is_fresh(self) -> bool:
        return self.letters < LETTERS_PER_CONNECTION and time.monotonic() - self.used_at < IDLE_SECONDS

    def let_go(self) -> None:
        """Says goodbye to the server."""
        try:
            self.close()
        except (OSError, smtplib.SMTPException):
            self.cut()

    def cut(self) -> None:
        """Closes without a word, since something went wrong."""
        for connection in filter(None, (self.connection, self._partial_connection)):
            connection.close()
        self.connection = self._partial_connection = None
