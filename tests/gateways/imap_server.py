"""A real IMAP server (pymap) with one mailbox in memory.

with ImapServer() as imap:
    config = imap.config()       # the mailbox's fields of a gateway
    imap.put(letter)             # a letter comes
    imap.flags()                 # of each letter, what a client has marked it with
    imap.empty()                 # somebody deletes everything
    imap.make_anew()             # the folder is another one from now on: new numbers, another UIDVALIDITY
"""

import asyncio
import imaplib
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Self

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, DictBackend, Login
from pymap.imap import IMAPServer
from pymap.user import Passwords, UserMetadata

USERNAME = "orders@shop.example"
PASSWORD = "the-password-of-the-test-mailbox"


class ImapServer:
    """Runs in a thread of its own."""

    def __init__(self) -> None:
        self.port = 0
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def config(self, **changes: str) -> dict[str, str]:
        fields = {"imap_host": "127.0.0.1", "imap_port": str(self.port), "imap_security": "none"}
        return {**fields, "imap_username": USERNAME, "imap_password": PASSWORD, **changes}

    def put(self, letter: EmailMessage | bytes) -> None:
        with self._client() as client:
            client.append("INBOX", "", "", letter if isinstance(letter, bytes) else letter.as_bytes())

    def flags(self) -> list[bytes]:
        with self._client() as client:
            _status, found = client.fetch("1:*", "(FLAGS)")
            return [row for row in found if row]

    def empty(self) -> None:
        with self._client() as client:
            client.store("1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()

    def make_anew(self) -> None:
        self._config.set_cache.clear()

    @contextmanager
    def _client(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as client:
            client.login(USERNAME, PASSWORD)
            client.select("INBOX")
            yield client

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._config = Config(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host="127.0.0.1",
            port=0,
            demo_data=False,
            demo_user=USERNAME,
            demo_password=PASSWORD,
            tls_enabled=False,
            secure_auth=False,
            invalid_user_sleep=0,
        )
        self._config.apply_context()
        backend = DictBackend(Login(self._config), self._config)
        user = UserMetadata(self._config, USERNAME, password=await Passwords(self._config).hash_password(PASSWORD))
        await backend.login.demo_user_identity.set(user)
        speak = IMAPServer(backend.login, self._config)
        server = await asyncio.start_server(
            lambda reader, writer: speak(reader, writer, SocketInfoLocal(writer)), "127.0.0.1", 0
        )
        self.port = server.sockets[0].getsockname()[1]
        self._is_ready.set()
        await self._stop.wait()
        server.close()
