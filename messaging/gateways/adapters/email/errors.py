"""What a mail server's refusals and silences mean for a letter (RFC 5321: 4xx later, 5xx never)."""

import re
import smtplib
import socket
import ssl
from dataclasses import replace
from typing import Literal

from locations.values.reasons import Reason, ReasonKind

from ..foreign import storable
from ..outcomes import Fault, Refused, Unknown
from . import reasons

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
            return _read_answer(error.smtp_code, error.smtp_error, reasons.LOGIN_REFUSED, Fault.US, True)
        case smtplib.SMTPSenderRefused():
            is_account = error.smtp_code != 552  # 552: this one letter is too large
            return _read_answer(error.smtp_code, error.smtp_error, reasons.SENDER_REFUSED, Fault.US, is_account)
        case smtplib.SMTPDataError():
            is_ours = _is_of_the_account(_decode(error.smtp_error))
            what = reasons.ACCOUNT_REFUSED if is_ours else reasons.LETTER_REFUSED
            return _read_answer(error.smtp_code, error.smtp_error, what, Fault.UNKNOWN, is_ours)
        case smtplib.SMTPResponseException():  # the greeting, EHLO, STARTTLS: every letter would meet it
            return _read_answer(error.smtp_code, error.smtp_error, reasons.NOT_LET_IN, Fault.PROVIDER, True)
        case smtplib.SMTPNotSupportedError():
            return _stop(reasons.NOT_OFFERED())
        case ssl.SSLCertVerificationError():
            return _stop(reasons.WRONG_CERTIFICATE())
    if has_left:
        return Unknown(reasons.LOST_AFTER())
    return Refused(_describe_silence(error), permanent=False, fault=Fault.PROVIDER)


def _read_recipient(code: int, words: bytes | str) -> Refused:
    """A refused recipient; RFC 5321, 4.5.3.1.10: 552 is meant as 452 there."""
    said = _decode(words)
    is_ours = _is_of_the_account(said)
    if code == 552 and not is_ours:
        return _read_answer(452, words, reasons.RECIPIENT_REFUSED, Fault.RECIPIENT)
    what = reasons.RELAY_REFUSED if is_ours else reasons.RECIPIENT_REFUSED
    refusal = _read_answer(code, words, what, Fault.RECIPIENT, is_ours)
    return replace(refusal, is_address_dead=refusal.permanent and bool(_NO_SUCH_MAILBOX.match(said)))


def _is_of_the_account(said: str) -> bool:
    """Whether these words are about whoever sends: a relay that is denied, a limit used up, a policy."""
    if _MAILBOX_FULL.search(said):
        return False
    if _RELAY.search(said) or _SENDING_LIMIT.search(said):
        return True
    return bool(_POLICY.match(said)) and not _ABOUT_ONE_LETTER.search(said)


def _read_answer(code: int, words: bytes | str, what: ReasonKind, fault: Fault, is_account: bool = False) -> Refused:
    """`is_account`: a refusal for good would meet every letter, so the gateway stops and keeps them."""
    why = what(code=code, words=_decode(words))
    is_final = 500 <= code < 600
    if 400 <= code < 500 and (slows := _read_slow_down(_decode(words))):
        return Refused(why, False, Fault.PROVIDER, str(code), slows=slows)
    if is_final and (is_account or code in _LOGIN_CODES):
        return Refused(why, permanent=False, fault=Fault.US, code=str(code), pauses_gateway=True)
    return Refused(why, is_final, fault if is_final else Fault.PROVIDER, str(code))


def _read_slow_down(words: str) -> Literal["", "gateway", "recipient"]:
    """Servers have no code of their own for "slower": 421, 450, 451, 452 and 454 all mean other things too."""
    if _TOO_MUCH_FOR_ONE.search(words):
        return "recipient"
    return "gateway" if _TOO_FAST.search(words) else ""


def _decode(words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(storable(said).split())


def _stop(why: Reason) -> Refused:
    return Refused(why, permanent=False, fault=Fault.US, pauses_gateway=True)


def _describe_silence(error: OSError | smtplib.SMTPException) -> Reason:
    match error:
        case socket.gaierror():
            return reasons.NAME_UNKNOWN()
        case ConnectionRefusedError():
            return reasons.NOBODY_THERE()
        case TimeoutError():
            return reasons.NO_ANSWER()
        case ssl.SSLError():
            return reasons.OTHER_ENCRYPTION()
    return reasons.LOST_BEFORE()
