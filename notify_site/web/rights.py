"""Who may send more than a stranger may: told by the path and by the token or session, before any of it is kept."""

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.signing import BadSignature
from django.http import HttpRequest, parse_cookie

from messaging.inbox.identity.access import client_of

MEGABYTE = 1024 * 1024
STRANGERS = 64 * 1024
"""Bytes; the longest feedback fits, and what providers call us with."""
ROOM_FOR_WORDS = 3 * MEGABYTE
CHAT_PAGE = re.compile(r"/chat/([^/]+)/(?:[a-z]+/)?")
API = "/api/v1/chat/"
STAFF = ("/admin/", "/inbox/", "/sandbox/")
REPLY = re.compile(r"/inbox/\d+/reply/")
IMPORT = "/admin/imports/import/add/"

Scope = dict[str, Any]


@dataclass(frozen=True)
class Allowance:
    """How many bytes a request may have. `sender`: whose it is, "" for a stranger."""

    most: int = STRANGERS
    sender: str = ""


def allowance(scope: Scope) -> Allowance:
    """Asks the database. A token or session that opens nothing is a stranger's."""
    path = scope["path"]
    if path.startswith(STAFF):
        return _of_staff(scope, path)
    if path.startswith(API):
        scheme, _space, token = header(scope, b"authorization").partition(" ")
        is_bearer = scheme.lower() == "bearer"
        return _of_client(token.strip() if is_bearer else "", path == f"{API}files")
    page = CHAT_PAGE.fullmatch(path)
    return _of_client(page[1], path == f"/chat/{page[1]}/") if page else Allowance()


def _of_client(token: str, may_have_files: bool) -> Allowance:
    try:
        client = client_of(token)
    except BadSignature:
        return Allowance()
    files = settings.FILES_OF_CLIENT * settings.ATTACHMENT_MAX_MEGABYTES * MEGABYTE
    return Allowance((files if may_have_files else 0) + ROOM_FOR_WORDS, f"client {client.pk}")


def _of_staff(scope: Scope, path: str) -> Allowance:
    request = HttpRequest()
    key = parse_cookie(header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request) if key else None
    if user is None or not user.is_authenticated:
        return Allowance()
    megabytes = 0
    if REPLY.fullmatch(path) and user.has_perm("inbox.change_conversation"):
        megabytes = settings.FILES_OF_OPERATOR * settings.ATTACHMENT_MAX_MEGABYTES
    elif path == IMPORT and user.has_perm("imports.add_import"):
        megabytes = settings.IMPORT_MAX_MEGABYTES
    return Allowance(megabytes * MEGABYTE + ROOM_FOR_WORDS, f"user {user.pk}")


def header(scope: Scope, name: bytes) -> str:
    """The first one of that name; "" when there is none."""
    return next((value.decode("latin1") for key, value in scope["headers"] if key == name), "")
