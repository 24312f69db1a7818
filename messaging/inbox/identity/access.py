"""Who a client is: a signed link that we send, or a token that the shop's own server signs (D4)."""

import datetime
import re
import time
from typing import Any

import jwt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, SignatureExpired, Signer, b62_decode, b62_encode
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from locations.models import Client, Company, ContactKind, ContactPoint
from locations.values.emails import validate_email
from locations.values.phones import parse_phone
from locations.values.reasons import NONE, Reason

from .. import reasons
from ..models import ChatSettings, Conversation
from .finding import conversation_of

SIGNATURE_LENGTH = 22
"""Characters of base64 that a link carries: 132 bits cannot be guessed, and leave room in an SMS."""
TOKEN = r"(?:[0-9A-Za-z]{1,12}\.[0-9A-Za-z]{1,12}\.[\w-]*|eyJ[\w.-]*)"
"""A link's secret part, or a shop's token; of a text that was cut, what is left of it."""
FILE_LINK = re.compile(rf"(?:https?://[^\s/]+)?/chat/{TOKEN}/files/\d*/?")
PAGE_LINK = re.compile(rf"(?:https?://[^\s/]+)?/chat/(?:\?token=)?{TOKEN}(?:/[a-z]*)*")
LONGEST_TOKEN = 2048
LEEWAY = 60
"""Seconds that the shop's clock may differ from ours."""
LONGEST_LIFE = datetime.timedelta(hours=24)
"""A shop's token that lives longer is refused: it cannot be revoked."""


def client_token(client: Client) -> str:
    """A link's secret part: `<client>.<moment>.<signature>`; made without any query."""
    value = f"{b62_encode(client.pk)}.{b62_encode(time.time_ns() // 1_000_000)}"
    return f"{value}.{_signature(value)}"


def client_link(client: Client) -> str:
    """The absolute address of the client's chat; "" when nobody could reach it (see `why_no_link`)."""
    if not settings.PUBLIC_URL or client.pk is None:
        return ""
    return settings.PUBLIC_URL + reverse("chat:page", args=[client_token(client)])


def why_no_link() -> Reason:
    return NONE if settings.PUBLIC_URL else reasons.NO_PUBLIC_URL()


def revoke_links(client: Client) -> Conversation:
    """Links, Telegram's too, and the shop's tokens that were made until now open nothing any more; new ones do."""
    conversation = conversation_of(client)
    conversation.links_from = timezone.now()
    conversation.save(update_fields=["links_from"])
    return conversation


def client_of(token: str) -> Client:
    """The client whom a link or a shop's token names, with `conversation` loaded if there is one; one query.

    Raises BadSignature for what is no token of ours, SignatureExpired (one of them) when its time is over.
    """
    if len(token) > LONGEST_TOKEN or token.count(".") != 2:
        raise BadSignature(_("This link is not complete."))
    return _client_of_jwt(token) if token.startswith("eyJ") else _client_of_link(token)


def _client_of_link(token: str) -> Client:
    value, _dot, signature = token.rpartition(".")
    if not constant_time_compare(signature, _signature(value)):
        raise BadSignature(_("This link is not complete."))
    number, moment = map(b62_decode, value.split("."))
    made_at = datetime.datetime.fromtimestamp(moment / 1000, tz=datetime.UTC)
    if timezone.now() - made_at > datetime.timedelta(days=settings.CHAT_LINK_DAYS):
        raise SignatureExpired(_("This link is too old."))
    client = Client.objects.select_related("conversation").filter(pk=number).first()
    if client is None:
        raise BadSignature(_("This link is not valid any more."))
    if is_revoked(client, made_at):
        raise SignatureExpired(_("This link is not valid any more."))
    return client


def is_revoked(client: Client, made_at: datetime.datetime) -> bool:
    """Whether what was given to the client then was taken back since; `conversation` must be loaded."""
    known = getattr(client, "conversation", None)
    return known is not None and known.links_from is not None and made_at <= known.links_from


def _signature(value: str) -> str:
    return Signer(salt="messaging.inbox.access").signature(value)[:SIGNATURE_LENGTH]


def _client_of_jwt(token: str) -> Client:
    """HS256 and nothing else, whatever the token says of itself."""
    try:
        told = jwt.decode(
            token,
            ChatSettings.current().token_secret,
            algorithms=["HS256"],
            options={"require": ["exp", "sub"], "verify_aud": False},
            leeway=LEEWAY,
        )
    except jwt.ExpiredSignatureError as error:
        raise SignatureExpired(_("This token is too old.")) from error
    except (jwt.PyJWTError, ValueError) as error:
        raise BadSignature(_("This token is not the shop's: %(why)s") % {"why": error}) from error
    if int(told["exp"]) > time.time() + LONGEST_LIFE.total_seconds() + LEEWAY:
        raise BadSignature(_("This token lives longer than 24 hours."))
    number = plain(told["sub"], 64)
    if not number or number != told["sub"]:
        raise BadSignature(_("This token names no client."))
    known = Client.objects.select_related("conversation").exclude(external_id="").filter(external_id=number).first()
    if known is not None and "iat" in told and is_revoked(known, _issued_at(told["iat"])):
        raise SignatureExpired(_("This token is not valid any more."))
    return known or _register(number, told)


def _issued_at(seconds: float) -> datetime.datetime:
    """The shop's clock knows whole seconds: of the second of a revocation, tokens are believed."""
    return datetime.datetime.fromtimestamp(int(seconds) + 1, datetime.UTC)


@transaction.atomic
def _register(number: str, told: dict[str, Any]) -> Client:
    """A client whom the shop knows and we do not yet, with the phone and e-mail that it vouches for."""
    defaults = {"name": plain(told.get("name"), 255) or number}
    client, is_new = Client.objects.get_or_create(external_id=number, defaults=defaults)
    if is_new:
        phone = parse_phone(plain(told.get("phone"), 40), Company.current().country)
        email = plain(told.get("email"), 254).lower()
        points = [(ContactKind.PHONE, phone), (ContactKind.EMAIL, email if is_email(email) else "")]
        ContactPoint.objects.bulk_create(
            ContactPoint(client=client, kind=kind, value=value, position=position)
            for position, (kind, value) in enumerate(points)
            if value
        )
    return client


def is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def plain(told: object, longest: int) -> str:
    """Words that a stranger names: one line without control characters, "" for what are no words."""
    if not isinstance(told, str):
        return ""
    return "".join(one for one in told if one.isprintable()).strip()[:longest]
