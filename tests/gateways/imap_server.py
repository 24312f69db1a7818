"""A small IMAP server with one mailbox in memory, as RFC 3501 describes what a reader needs of it.

It gives every letter byte by byte as it came, and looks into none, so that none can break it.

with ImapServer() as imap:
    config = imap.config()       # the mailbox's fields of a gateway
    uid = imap.put(letter)       # a letter comes
    imap.empty()                 # somebody deletes everything
    imap.make_anew()             # the folder is another one from now on: new numbers, another UIDVALIDITY
    imap.bytes_per_second        # how fast the line is; None: as it is
    imap.refused                 # numbers of letters that it has and does not give
    imap.cut_at                  # numbers of letters at which it hangs up
    imap.offers_plain            # whether it knows AUTHENTICATE PLAIN
    imap.commands                # what it was told, without passwords
"""

import base64
import datetime
import itertools
import re
import socketserver
import threading
import time
from email.message import EmailMessage
from typing import Self

USERNAME = "orders@shop.example"
PASSWORD = "the-password-of-the-test-mailbox"
PIECE = 16 * 1024  # bytes written at once on a slow line
_validities = itertools.count(int(time.time()))  # 2.3.1.1: of two folders of one name the later has the greater one
CHANGES = {"STORE", "APPEND", "COPY", "EXPUNGE", "CREATE", "DELETE", "RENAME", "CLOSE", "SELECT"}


class ImapServer:
    """Runs in threads of its own, one for each connection."""

    def __init__(self, password: str = PASSWORD) -> None:
        self.password = password
        self.letters: dict[int, bytes] = {}
        self.validity, self.following = next(_validities), 1
        self.bytes_per_second: float | None = None
        self.refused: set[int] = set()
        self.cut_at: set[int] = set()
        self.offers_plain = True
        self.commands: list[str] = []
        self.sent = 0  # bytes of letters
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.imap = self
        self.port = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def config(self, **changes: str) -> dict[str, str]:
        fields = {"imap_host": "127.0.0.1", "imap_port": str(self.port), "imap_security": "none"}
        return {**fields, "imap_username": USERNAME, "imap_password": self.password, **changes}

    def put(self, letter: EmailMessage | bytes) -> int:
        uid, self.following = self.following, self.following + 1
        self.letters[uid] = letter if isinstance(letter, bytes) else letter.as_bytes()
        return uid

    def empty(self) -> None:
        self.letters.clear()

    def make_anew(self) -> None:
        letters = list(self.letters.values())
        self.letters, self.validity, self.following = {}, next(_validities), 1
        for letter in letters:
            self.put(letter)

    def was_changed(self) -> bool:
        """Whether anybody tried to change anything, were it only a mark that a letter was read."""
        told = [command.upper() for command in self.commands]
        return any(CHANGES & set(one.split()[:2]) or re.search(r"[ (]BODY\[|RFC822(?!\.SIZE)", one) for one in told)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    imap: ImapServer


class _HungUp(Exception):
    pass


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.imap, self.user, self.is_open = self.server.imap, "", False
        try:
            self.say(b"* OK IMAP4rev1 ready")
            while self.answer():
                pass
        except (OSError, _HungUp):
            return

    def answer(self) -> bool:
        """One command; False when it was the last one."""
        line = self.read_command()
        if line is None:
            return False
        tag, _space, rest = line.partition(b" ")
        name, _space, arguments = rest.partition(b" ")
        verb = name.decode("ascii", "replace").upper()
        if verb not in {"LOGIN", "AUTHENTICATE"}:
            self.imap.commands.append(rest.decode("ascii", "replace"))
        handler = getattr(self, f"do_{verb.lower()}", None)
        if handler is None:
            self.say(tag + b" BAD No such command here")
            return True
        self.say(tag + b" " + handler(arguments))
        return verb != "LOGOUT"

    def read_command(self) -> bytes | None:
        """A line, with the literals that it announces in place (RFC 3501, 4.3)."""
        line = self.rfile.readline(65_536)
        while found := re.search(rb"\{(\d+)\}\r\n\Z", line):
            self.say(b"+ Ready")
            content = self.rfile.read(int(found[1]))
            quoted = content.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            line = line[: found.start()] + b'"' + quoted + b'"' + self.rfile.readline(65_536)
        return line.removesuffix(b"\r\n") if line.endswith(b"\r\n") else None

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    # --- Commands of any state ---

    def do_capability(self, _arguments: bytes) -> bytes:
        self.say(b"* CAPABILITY IMAP4rev1" + (b" AUTH=PLAIN" if self.imap.offers_plain else b""))
        return b"OK Done"

    def do_noop(self, _arguments: bytes) -> bytes:
        return b"OK Done"

    def do_logout(self, _arguments: bytes) -> bytes:
        self.say(b"* BYE Goodbye")
        return b"OK Done"

    def do_login(self, arguments: bytes) -> bytes:
        username, password = (_unquoted(one) for one in _words(arguments)[:2])
        return self.enter(username, password)

    def do_authenticate(self, arguments: bytes) -> bytes:
        if not self.imap.offers_plain or arguments.upper() != b"PLAIN":
            return b"NO No such mechanism"
        self.say(b"+ ")
        _role, username, password = base64.b64decode(self.rfile.readline(65_536)).split(b"\0")
        return self.enter(username, password)

    def enter(self, username: bytes, password: bytes) -> bytes:
        if (username, password) != (USERNAME.encode(), self.imap.password.encode()):
            return b"NO [AUTHENTICATIONFAILED] Wrong user name or password"
        self.user = USERNAME
        return b"OK Logged in"

    # --- Of one who is logged in ---

    def do_status(self, arguments: bytes) -> bytes:
        if not self.user:
            return b"BAD Log in first"
        values = {b"UIDVALIDITY": self.imap.validity, b"UIDNEXT": self.imap.following}
        asked = re.findall(rb"[A-Z]+", arguments.partition(b"(")[2].upper())
        told = b" ".join(name + b" %d" % values[name] for name in asked if name in values)
        self.say(b"* STATUS INBOX (" + told + b")")
        return b"OK Done"

    def do_examine(self, _arguments: bytes) -> bytes:
        if not self.user:
            return b"BAD Log in first"
        self.is_open = True
        self.say(b"* FLAGS (\\Seen \\Deleted)")
        self.say(b"* %d EXISTS" % len(self.imap.letters))
        self.say(b"* 0 RECENT")
        self.say(b"* OK [UIDVALIDITY %d] Valid" % self.imap.validity)
        self.say(b"* OK [UIDNEXT %d] Next" % self.imap.following)
        return b"OK [READ-ONLY] Done"

    # --- Of an open folder ---

    def do_uid(self, arguments: bytes) -> bytes:
        if not self.is_open:
            return b"BAD Open a folder first"
        name, _space, rest = arguments.partition(b" ")
        if name.upper() == b"SEARCH":
            return self.search(rest.upper())
        if name.upper() == b"FETCH":
            return self.fetch(rest)
        return b"BAD Only SEARCH and FETCH"

    def search(self, asked: bytes) -> bytes:
        uids = sorted(self.imap.letters)
        if found := re.fullmatch(rb"UID (\d+):\*", asked):
            # 6.4.8: * is the last one, and a range may be written from its end, so there is always one.
            uids = [uid for uid in uids if uid >= int(found[1]) or uid == uids[-1]]
        elif found := re.fullmatch(rb"SINCE (\d{1,2}-[A-Z]{3}-\d{4})", asked):
            since = datetime.datetime.strptime(found[1].decode().title(), "%d-%b-%Y")
            uids = uids if since <= datetime.datetime.now() else []  # all came today
        else:
            return b"BAD Such a search is not known here"
        self.say(b" ".join([b"* SEARCH", *(b"%d" % uid for uid in uids)]))
        return b"OK Done"

    def fetch(self, asked: bytes) -> bytes:
        found = re.fullmatch(rb"(\d+) \(UID RFC822\.SIZE BODY\.PEEK\[\]<(\d+)\.(\d+)>\)", asked)
        if found is None:
            return b"BAD Such parts of a letter are not known here"
        uid, start, most = (int(one) for one in found.groups())
        if uid in self.imap.cut_at:
            raise _HungUp
        if uid in self.imap.refused:
            return b"NO [SERVERBUG] The letter cannot be opened"
        letter = self.imap.letters.get(uid)
        if letter is None:
            return b"OK Done"  # 6.4.8: a number that is not there is no mistake
        content = letter[start : start + most]
        number = sorted(self.imap.letters).index(uid) + 1
        head = b"* %d FETCH (UID %d RFC822.SIZE %d BODY[]<%d> " % (number, uid, len(letter), start)
        if content:
            self.wfile.write(head + b"{%d}\r\n" % len(content))
            self.give(content)
            self.say(b")")
        else:
            self.say(head + b'"")')
        return b"OK Done"

    def give(self, content: bytes) -> None:
        self.imap.sent += len(content)
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            if self.imap.bytes_per_second:
                time.sleep(len(piece) / self.imap.bytes_per_second)
            self.wfile.write(piece)


def _words(arguments: bytes) -> list[bytes]:
    return re.findall(rb'"(?:[^"\\]|\\.)*"|\S+', arguments)


def _unquoted(word: bytes) -> bytes:
    return re.sub(rb"\\(.)", rb"\1", word[1:-1]) if word.startswith(b'"') else word
