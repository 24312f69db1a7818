"""Links that bind a person's Telegram to their card: `https://t.me/<bot>?start=<pass word>`."""

import datetime
import re
import time

from django.core.exceptions import ImproperlyConfigured
from django.core.signing import BadSignature, SignatureExpired
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36, urlsafe_base64_encode

from locations.models import Client
from messaging.gateways.models import Gateway

from ..identity.access import is_revoked

SALT = "gonets.telegram"
SIGNATURE_BYTES = 18  # 144 bits; the whole has to fit into Telegram's 64 characters
PASS_WORD_LINK = re.compile(r"(?:https?://)?t\.me/\w+\?start=[\w-]+")
VALID_DAYS = 90
DAY = 86_400_000  # milliseconds
LAST_DAY_NUMBER = 10**8
"""Pass words given out by older versions name a day, by its number, in the place of a moment in milliseconds."""


def pass_word(client: Client) -> str:
    """Up to 64 of A-Z a-z 0-9 _ -: who, since when, and our signature."""
    told = f"{int_to_base36(client.pk)}_{int_to_base36(time.time_ns() // 1_000_000)}"
    return f"{told}_{_sign(told)}"


def client_of_pass_word(written: str) -> Client:
    """Raises BadSignature for one that we never gave, SignatureExpired (one of these) for an old one."""
    told, _sep, signature = written.partition("_")
    moment, _sep, signature = signature.partition("_")
    if not constant_time_compare(signature, _sign(f"{told}_{moment}")):
        raise BadSignature("Not a pass word of ours")
    made = _made_at(base36_to_int(moment))
    if timezone.now() - made > datetime.timedelta(days=VALID_DAYS + 1):
        raise SignatureExpired("The link is too old")
    client = Client.objects.select_related("conversation").filter(pk=base36_to_int(told)).first()
    if client is None:
        raise BadSignature("The client was deleted")
    if is_revoked(client, made):
        raise SignatureExpired("The link was revoked")
    return client


def _made_at(number: int) -> datetime.datetime:
    milliseconds = number * DAY if number < LAST_DAY_NUMBER else number
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)


def telegram_link(client: Client) -> str:
    """What a client opens to write to us by Telegram; "" when no bot is connected, and for customers of the demo."""
    if client.is_demo:
        return ""
    for gateway in Gateway.objects.filter(adapter="telegram", is_on=True).order_by("-weight", "pk"):
        try:
            name = gateway.config.get("username", "")
        except ImproperlyConfigured:
            continue
        if name:
            return f"https://t.me/{name.removeprefix('@')}?start={pass_word(client)}"
    return ""


def _sign(told: str) -> str:
    return urlsafe_base64_encode(salted_hmac(SALT, told, algorithm="sha256").digest()[:SIGNATURE_BYTES])
