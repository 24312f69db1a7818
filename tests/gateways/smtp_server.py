"""A real SMTP server for tests and measurements; mailboxes named after an outcome choose it.

with SmtpServer() as server:
    config = server.config()      # what a gateway needs to reach it
    server.letters                # what it took: parsed messages, in order
"""

import asyncio
import datetime
import email
import email.policy
import ipaddress
import re
import ssl
import tempfile
import threading
import time
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USERNAME = "shop"
PASSWORD = "the-password-of-the-test-server"
SENDER = "orders@shop.example"
# What Gmail, Postfix, Exchange and SES say to whoever sends too fast, by the mailbox that makes this one say it.
SLOWER = {
    "hurried": "450 4.2.1 The user you are trying to contact is receiving mail too quickly. Please resend later.",
    "unusual": "421 4.7.28 Gmail has detected an unusual rate of unsolicited mail from your IP address.",
    "policy": "450 4.7.1 Error: too much mail, message rate limit exceeded",
    "connections": "421 4.7.0 Too many connections from your host",
    "throttled": "454 Throttling failure: Maximum sending rate exceeded.",
}
CLOSING = "421 4.3.2 Service shutting down, closing transmission channel"


class _Session(SMTP):
    """aiosmtpd knows no DSN: the envelope's id is taken here, if it was offered."""

    async def smtp_MAIL(self, arg: str) -> None:
        server: SmtpServer = self.event_handler
        if server.offers_dsn and (found := re.search(r" ENVID=(\S+)", arg or "")):
            server.envelope_ids.append(found[1])
            arg = arg.replace(found[0], "")
        await super().smtp_MAIL(arg)


class SmtpServer:
    """Mailboxes: `unknown@` 550, `busy@` 450, `spam@` 554 after the text, `full@` 452 after the text, `cut@` ends the
    connection after the text, `cut-early@` before it, `slow@` answers after `silence` seconds, `slow-early@` likewise
    before the text. Those of SLOWER are told to slow down, `closing@` finds the server shutting down.
    Senders: `stranger@` 550. `requires_login`: takes mail only after STARTTLS and the right user name
    and password; its certificate is in the file `certificate`, which the client trusts if SSL_CERT_FILE names it.
    `offers_dsn`: it takes an envelope's id (RFC 3461), which stands in `envelope_ids`.
    """

    def __init__(
        self,
        *,
        requires_login: bool = False,
        silence: float = 3,
        is_rude: bool = False,
        password: str = PASSWORD,
        offers_dsn: bool = False,
        mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN"),
    ) -> None:
        self.silence, self.password = silence, password
        self.offers_dsn, self.mechanisms = offers_dsn, mechanisms
        self.envelope_ids: list[str] = []
        self.contents: list[bytes] = []  # of `letters`, as they came
        self.is_rude = is_rude  # hangs up after each letter, without a word
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.senders: list[str] = []  # of the envelopes of `letters`
        self.arrived_at: list[float] = []  # time.monotonic() of each of `letters`
        self.connections = 0
        self.goodbyes = 0
        self._requires_login = requires_login
        self._folder = tempfile.TemporaryDirectory()
        self.certificate = Path(self._folder.name) / "certificate.pem"
        self._tls = make_tls_context(self.certificate) if requires_login else None
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> "SmtpServer":
        self._thread.start()
        assert self._is_ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._folder.cleanup()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(self._make_session, "127.0.0.1", 0, backlog=256)
        self.port: int = server.sockets[0].getsockname()[1]
        self._is_ready.set()
        await self._stop.wait()
        server.close()

    def _make_session(self) -> SMTP:
        return _Session(
            self,
            hostname="mail.test",
            tls_context=self._tls,
            require_starttls=self._requires_login,
            auth_required=self._requires_login,
            authenticator=self._authenticate if self._requires_login else None,
            auth_exclude_mechanism={"PLAIN", "LOGIN"} - set(self.mechanisms),
            loop=self._loop,
        )

    def config(self, **changes: str) -> dict[str, str]:
        """The fields of a gateway connected to this server."""
        login = {"username": USERNAME, "password": self.password} if self._requires_login else {}
        security = "starttls" if self._requires_login else "none"
        where = {"host": "127.0.0.1", "port": str(self.port), "security": security}
        return {**where, **login, "sender": SENDER, "sender_name": "Żółta Łódź", **changes}

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        is_right = (data.login, data.password) == (USERNAME.encode(), self.password.encode())
        return AuthResult(success=is_right, handled=False)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]] if self.offers_dsn else responses

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.goodbyes += 1
        return "221 Bye"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("stranger@"):
            return "550 5.7.1 You may not send as this address"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mailbox = address.partition("@")[0]
        if mailbox in SLOWER:
            return SLOWER[mailbox]
        match mailbox:
            case "closing":
                return CLOSING
            case "unknown":
                return "550 5.1.1 No such mailbox"
            case "busy":
                return "450 4.2.1 Try later"
            case "slow-early":
                await asyncio.sleep(self.silence)
            case "cut-early":
                server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        match envelope.rcpt_tos[0].partition("@")[0]:
            case "spam":
                return "554 5.7.1 This looks like spam"
            case "full":
                return "452 4.3.1 Out of space"
            case "cut":
                server.transport.abort()
            case "slow":
                await asyncio.sleep(self.silence)
        self.contents.append(envelope.content)
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients += envelope.rcpt_tos
        self.senders.append(envelope.mail_from)
        self.arrived_at.append(time.monotonic())
        if self.is_rude:
            asyncio.get_running_loop().call_later(0.05, server.transport.abort)
        return "250 OK"


def make_tls_context(path: Path) -> ssl.SSLContext:
    """A server's context with a fresh certificate for 127.0.0.1, which is also written to `path`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
