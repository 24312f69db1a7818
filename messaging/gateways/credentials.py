"""Encryption of gateways' credentials at rest (Fernet; the keys come from the setting CREDENTIALS_KEYS)."""

import base64
import hashlib
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from locations.errors import WithReason

from . import reasons


class CredentialsUnreadable(WithReason, ImproperlyConfigured):
    """None of the keys that we have fits."""


def _fernet() -> MultiFernet:
    keys = (hashlib.sha256(key.encode()).digest() for key in settings.CREDENTIALS_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def encrypt(values: dict[str, str]) -> str:
    return _fernet().encrypt(json.dumps(values).encode()).decode()


def decrypt(token: str) -> dict[str, str]:
    """Raises CredentialsUnreadable when none of the keys fits."""
    try:
        return json.loads(_fernet().decrypt(token.encode()))
    except InvalidToken:
        raise CredentialsUnreadable(reasons.CREDENTIALS_UNREADABLE()) from None
