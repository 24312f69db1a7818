"""What a mail server's refusals and silences mean for a letter (RFC 5321: 4xx later, 5xx never)."""

import re
import smtplib
import socket
import ssl
from dataclasses import replace
from typing import Literal

from django.utils.translation import gettext as _

from ..foreign import storable
from ..outcomes import Fault, Refused, Unknown

_LOGIN_CODES = {530, 534, 535, 538}  # RFC 4954: log in first, or otherwise, or the password is wrong
# RFC 3463's 5.7: security or policy. A server to which we log in says so of us, not of the recipient.
_POLICY = re.compile(r"5\.7\.\d+\b")
_ABOUT_ONE_LETTER = re.compile(r"spam|virus|malware|content|phish|attachment", re.IGNORECASE)
_RELAY = re.compile(r"\brelay", re.IGNORECASE)
_SENDING_LIMIT = re.compile(
    r"5\.4\.5\b|(daily|hourly|sending|sent|outgoing|outbound|per (day|hour)|user|account).{0,40}(limit|quota)|"
    r"(limit|quota).{0,40}(daily|hourly|sending|outgoing|outbound|per (day|hour))|too many (messages|mails|emails)",
    re.IGNORECASE,
)
_MAILBOX_FULL = re.compile(r"5\.2\.2\b|mailbox (is )?full|over ?quota", re.IGNORECASE)
_NO_SUCH_MAILBOX = re.compile(r"5\.1\.(1|3|6|10)\b")  # RFC 3463, RFC 7505: unknown, impossible, moved, takes no mail

# As Postfix, Exim, Exchange, Gmail, Yahoo and SES say it; 4.7.28 is Gmail's number for an unusual rate.
_TOO_FAST = re.compile(
    r"4\.7\.28\b|too many (messages|mails|e-?mails|connections|recipients|requests|commands|logins?)"
    r"|too (fast|quickly)|rate (is )?(limit|exceed)|ratelimit|(sending|submission|daily|hourly) (rate|limit|quota)"
    r"|(connection|message) rate|throttl|slow(ing)? down|unusual rate",
    re.IGNORECASE,
)
_TOO_MUCH_FOR_ONE = re.compile(
    r"(user|recipient|mailbox|account) (you are trying to contact )?is receiving mail (too quickly|at a rate)"
    r"|too many (messages|mails) (to|for) this (recipient|user|mailbox)|recipient.{0,40} rate exceeded",
    re.IGNORECASE,
)


def read_fault(error: OSError | smtplib.SMTPException, *, has_left: bool) -> Refused | Unknown:
    """`has_left`: the letter's text was on its way when the error came, so silence leaves us in doubt."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _read_recipient(*next(iter(error.recipients.values())))
        case smtplib.SMTPAuthenticationError():
            return _read_answer(
                error.smtp_code,
                error.smtp_error,
                _("The mail server refused the user name or password"),
                Fault.US,
                True,
            )
        case smtplib.SMTPSenderRefused():
            is_account = error.smtp_code != 552  # 552: this one letter is too large
            return _read_answer(
                error.smtp_code, error.smtp_error, _("The mail server refused the sender"), Fault.US, is_account
            )
        case smtplib.SMTPDataError():
            what, is_ours = _("The mail server refused the letter"), _is_of_the_account(_decode(error.smtp_error))
            return _read_answer(error.smtp_code, error.smtp_error, what, Fault.UNKNOWN, is_ours)
        case smtplib.SMTPResponseException():  # the greeting, EHLO, STARTTLS: every letter would meet it
            words = _("The mail server did not let us in")
            return _read_answer(error.smtp_code, error.smtp_error, words, Fault.PROVIDER, True)
        case smtplib.SMTPNotSupportedError():
            return _stop(_("The mail server does not offer this encryption or login."))
        case ssl.SSLCertVerificationError():
            return _stop(_("The mail server's certificate is not valid for its name."))
    if has_left:
        return Unknown(_("The connection was lost after the letter was handed over."))
    return Refused(_describe_silence(error), permanent=False, fault=Fault.PROVIDER)


def _read_recipient(code: int, words: bytes | str) -> Refused:
    """A refused recipient; RFC 5321, 4.5.3.1.10: 552 is meant as 452 there."""
    said, what = _decode(words), _("The mail server refused the recipient")
    if code == 552 and not _is_of_the_account(said):
        return _read_answer(452, words, what, Fault.RECIPIENT)
    refusal = _read_answer(code, words, what, Fault.RECIPIENT, _is_of_the_account(said))
    return replace(refusal, is_address_dead=refusal.permanent and bool(_NO_SUCH_MAILBOX.match(said)))


def _is_of_the_account(said: str) -> bool:
    """Whether these words are about whoever sends: a relay that is denied, a limit used up, a policy."""
    if _MAILBOX_FULL.search(said):
        return False
    if _RELAY.search(said) or _SENDING_LIMIT.search(said):
        return True
    return bool(_POLICY.match(said)) and not _ABOUT_ONE_LETTER.search(said)


def _read_answer(code: int, words: bytes | str, what: str, fault: Fault, is_account: bool = False) -> Refused:
    """`is_account`: a refusal for good would meet every letter, so the gateway stops and keeps them."""
    sentence = f"{what}: {code} {_decode(words)}"[:500]
    is_final = 500 <= code < 600
    if 400 <= code < 500 and (slows := _read_slow_down(_decode(words))):
        return Refused(sentence, False, Fault.PROVIDER, str(code), slows=slows)
    if is_final and (is_account or code in _LOGIN_CODES):
        return Refused(sentence, permanent=False, fault=Fault.US, code=str(code), pauses_gateway=True)
    return Refused(sentence, is_final, fault if is_final else Fault.PROVIDER, str(code))


def _read_slow_down(words: str) -> Literal["", "gateway", "recipient"]:
    """Servers have no code of their own for "slower": 421, 450, 451, 452 and 454 all mean other things too."""
    if _TOO_MUCH_FOR_ONE.search(words):
        return "recipient"
    return "gateway" if _TOO_FAST.search(words) else ""


def _decode(words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(storable(said).split())


def _stop(sentence: str) -> Refused:
    return Refused(sentence, permanent=False, fault=Fault.US, pauses_gateway=True)


def _describe_silence(error: OSError | smtplib.SMTPException) -> str:
    match error:
        case socket.gaierror():
            return _("The mail server's name is not known.")
        case ConnectionRefusedError():
            return _("Nobody answers at the mail server's address and port.")
        case TimeoutError():
            return _("The mail server did not answer in time.")
        case ssl.SSLError():
            return _("The mail server does not speak this encryption on this port.")
    return _("The connection to the mail server was lost before the letter was handed over.")
