"""What `manage.py check` says about settings: an E where Gonets could not work, a W where it would work badly.

Every command says them when it begins, and does not begin with an E. docs/operating.md lists their ids. What cannot
even be read is refused in settings.py.
"""

import ipaddress
import socket
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import connection
from django.http.request import validate_host

GONETS = "gonets"  # the tag: `manage.py check --tag gonets`
LEAST_KEY = 32  # characters: nobody guesses that many
LEAST_WORKERS = 3  # one for an import, one that sends, one for all else
AT_LEAST_ONE = (
    *("WORKERS", "DRAIN_SLOTS", "WEB_CONNECTIONS", "REQUESTS_AT_ONCE", "SLOWED_HOURS"),
    *("IMPORT_MAX_MEGABYTES", "ATTACHMENT_MAX_MEGABYTES", "ATTACHMENT_MAX_MEGAPIXELS", "CHAT_LINK_DAYS"),
    *("CHAT_MESSAGES_PER_MINUTE", "CHAT_FILES_PER_HOUR", "CHAT_POSTS_PER_MINUTE", "INBOUND_MESSAGES_PER_MINUTE"),
    "FEEDBACK_PER_HOUR",
)


# --- What keeps it from working ---------------------------------------------------------------------------------------
@register(GONETS)
def numbers(**_: object) -> Iterator[CheckMessage]:
    kept = [name for name in dir(settings) if name.startswith("KEEP_") and name.endswith("_DAYS")]
    for name, least in [*((name, 1) for name in AT_LEAST_ONE), *((name, 0) for name in kept)]:
        if (value := getattr(settings, name)) < least:
            yield Error(
                f"{name} is {value}: it must be at least {least}.",
                hint=f"Put {name}={least} or more into .env, or take the line away: then it has its default.",
                id="gonets.E001",
            )


@register(GONETS)
def data_folder(**_: object) -> Iterator[CheckMessage]:
    folder = Path(settings.DATA_DIR)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"one byte")
    except OSError as error:
        yield Error(
            f"DATA_DIR, the folder {folder}, cannot be written to: {error.strerror}.",
            hint=f"Make room on the disk, give the folder to the user that Gonets runs as (chown -R <user> {folder}), "
            "or name another one: DATA_DIR=/some/folder in .env.",
            id="gonets.E002",
        )
    else:
        if folder.stat().st_mode & 0o007:
            yield Warning(
                f"DATA_DIR, the folder {folder}, is open to every user of this machine: customers' data lie there.",
                hint=f"Type: chmod 700 {folder}",
                id="gonets.W001",
            )


@register(GONETS)
def public_address(**_: object) -> Iterator[CheckMessage]:
    address = urlsplit(settings.PUBLIC_URL)
    if not settings.PUBLIC_URL:
        return
    if address.scheme not in {"http", "https"} or not address.hostname:
        yield Error(
            f"PUBLIC_URL is “{settings.PUBLIC_URL}”: that is no address of a site.",
            hint="Put the whole address into .env, as a browser shows it: PUBLIC_URL=https://gonets.example.com",
            id="gonets.E003",
        )
    elif address.scheme == "http" and not is_of_this_machine(address.hostname):
        yield Warning(
            "PUBLIC_URL begins with http://: everybody on the way can read customers' chats, and open them.",
            hint=f"Let a proxy in front speak HTTPS, and put PUBLIC_URL=https://{address.netloc} into .env.",
            id="gonets.W002",
        )


@register(GONETS)
def delays(**_: object) -> Iterator[CheckMessage]:
    for name in ("RETRY_DELAYS", "LOOK_UP_DELAYS"):
        seconds = getattr(settings, name)
        if min(seconds, default=1) < 1:
            yield Error(
                f"{name} has a wait that is shorter than a second.",
                hint=f"Put seconds into .env: {name}=60,120,600, or take the line away: then it has its default.",
                id="gonets.E004",
            )
        elif any(later < sooner for sooner, later in pairwise(seconds)):
            yield Warning(
                f"{name} does not grow: a provider that is down is asked more often the longer it is.",
                hint=f"Put into .env: {name}={','.join(map(str, sorted(seconds)))}",
                id="gonets.W003",
            )
    if len(settings.LOOK_UP_DELAYS) < 2:
        yield Error(
            "LOOK_UP_DELAYS needs two waits or more: a message counts as not taken only when it was asked for twice.",
            hint="Put two or more into .env: LOOK_UP_DELAYS=60,120, or take the line away: then it has its default.",
            id="gonets.E005",
        )
    if not settings.RETRY_DELAYS:
        yield Warning(
            "RETRY_DELAYS is empty: a message that a provider did not take at once is given up.",
            hint="Take the line RETRY_DELAYS out of .env: then a message has five more tries.",
            id="gonets.W004",
        )


# --- Who reaches it, and how ------------------------------------------------------------------------------------------
@register(GONETS)
def hosts(**_: object) -> Iterator[CheckMessage]:
    allowed = settings.ALLOWED_HOSTS
    address = urlsplit(settings.PUBLIC_URL).hostname or ""
    name = f"[{address}]" if ":" in address else address
    if "*" in allowed:
        yield Warning(
            "ALLOWED_HOSTS has a *: whoever makes a request chooses the name that links are made of.",
            hint="Put the names of the site into .env, separated by commas: "
            f"ALLOWED_HOSTS={name or 'gonets.example.com'},localhost,127.0.0.1",
            id="gonets.W005",
        )
    elif name and not validate_host(name, allowed):
        yield Warning(
            f"PUBLIC_URL leads to {name}, which ALLOWED_HOSTS does not have: everybody who comes there is refused.",
            hint=f"Put into .env: ALLOWED_HOSTS={','.join([name, *allowed])}",
            id="gonets.W006",
        )
    elif not allowed and not settings.DEBUG:
        yield Warning(
            "ALLOWED_HOSTS is empty: everybody who comes is refused.",
            hint="Take the line ALLOWED_HOSTS out of .env, or put into it: ALLOWED_HOSTS=localhost,127.0.0.1",
            id="gonets.W006",
        )


@register(GONETS)
def https(**_: object) -> Iterator[CheckMessage]:
    scheme = urlsplit(settings.PUBLIC_URL).scheme
    if settings.HTTPS_ONLY and scheme == "http":
        yield Warning(
            "HTTPS_ONLY is on, but PUBLIC_URL begins with http://: providers' calls are redirected and get lost.",
            hint="Put PUBLIC_URL=https://... into .env, or HTTPS_ONLY=False.",
            id="gonets.W007",
        )
    elif settings.HTTPS_ONLY and not settings.BEHIND_PROXY:
        yield Warning(
            "HTTPS is demanded, but BEHIND_PROXY is off: Gonets itself speaks plain HTTP, so that every page "
            "redirects to itself for ever.",
            hint="Put BEHIND_PROXY=True into .env and let the proxy set X-Forwarded-Proto and X-Forwarded-For.",
            id="gonets.W008",
        )
    elif scheme == "https" and not settings.HTTPS_ONLY:
        yield Warning(
            "PUBLIC_URL begins with https://, but HTTPS_ONLY is off: passwords and cookies may travel readable.",
            hint="Take the line HTTPS_ONLY out of .env.",
            id="gonets.W009",
        )


@register(GONETS)
def proxies(**_: object) -> Iterator[CheckMessage]:
    if not settings.BEHIND_PROXY or is_of_this_machine(settings.LISTEN):
        return
    believed = {one.strip() for one in settings.FORWARDED_ALLOW_IPS.split(",")} - {""}
    hint = "Put LISTEN=127.0.0.1 into .env if the proxy runs on this machine, else FORWARDED_ALLOW_IPS=<its address>."
    if "*" in believed:
        yield Warning(
            f"FORWARDED_ALLOW_IPS is * and LISTEN={settings.LISTEN}: who comes past the proxy names any address as "
            "their own, and guesses passwords without being locked.",
            hint=hint,
            id="gonets.W010",
        )
    elif all(is_of_this_machine(one) for one in believed):
        yield Warning(
            f"LISTEN={settings.LISTEN} lets a proxy of another machine in, whose word on visitors' addresses is not "
            "taken: to the locks against guessing all visitors are one.",
            hint=hint,
            id="gonets.W011",
        )


@register(GONETS)
def debugging(**_: object) -> Iterator[CheckMessage]:
    name = urlsplit(settings.PUBLIC_URL).hostname
    if settings.DEBUG and not (is_of_this_machine(settings.LISTEN) and (not name or is_of_this_machine(name))):
        yield Warning(
            "DEBUG is on, and others can reach the site: its error pages show them the source and the settings.",
            hint="Take the line DEBUG out of .env.",
            id="gonets.W012",
        )


def is_of_this_machine(host: str) -> bool:
    """Whether only this machine itself is reached under that name or address."""
    name = host.strip("[]").lower()
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


# --- Secrets, several machines ----------------------------------------------------------------------------------------
@register(GONETS)
def keys(**_: object) -> Iterator[CheckMessage]:
    for name, values in (("SECRET_KEY", [settings.SECRET_KEY]), ("CREDENTIALS_KEYS", settings.CREDENTIALS_KEYS[:1])):
        if any(len(value) < LEAST_KEY or len(set(value)) < LEAST_KEY // 4 for value in values):
            yield Warning(
                f"{name} can be guessed: a key needs {LEAST_KEY} random characters or more.",
                hint="Take one from: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
                + (", and put it before the old one, which still decrypts." if name == "CREDENTIALS_KEYS" else ""),
                id="gonets.W013",
            )


@register(GONETS)
def several_machines(**_: object) -> Iterator[CheckMessage]:
    if connection.vendor == "sqlite":
        return
    if not settings.HOST_NAME:
        if is_of_this_machine(socket.gethostname().removesuffix(".localdomain")):
            yield Warning(
                "This machine is called localhost, as others may be: two of one name take each other's places to send.",
                hint="Put a name into .env that no other machine with this database has: HOST_NAME=sender1",
                id="gonets.W014",
            )
        return
    for name, value, file in (
        ("SECRET_KEY", settings.SECRET_KEY, "secret_key"),
        ("CREDENTIALS_KEYS", settings.CREDENTIALS_KEYS[0], "credentials_key"),
    ):
        path = Path(settings.DATA_DIR) / file
        if path.exists() and path.read_text() == value:
            yield Warning(
                f"HOST_NAME says that this is one of several machines, but {name} was made for this one alone.",
                hint=f"Put the same line into .env on all of them: {name}=<what is in {path} on the first>",
                id="gonets.W015",
            )


# --- Worker -----------------------------------------------------------------------------------------------------------
@register(GONETS)
def workers(**_: object) -> Iterator[CheckMessage]:
    if settings.WORKERS < LEAST_WORKERS:
        yield Warning(
            f"WORKERS is {settings.WORKERS}: an import or a slow provider may hold up messages.",
            hint=f"Put WORKERS={LEAST_WORKERS} into .env, or take the line away.",
            id="gonets.W016",
        )
    elif settings.DRAIN_SLOTS >= settings.WORKERS:
        yield Warning(
            f"DRAIN_SLOTS is {settings.DRAIN_SLOTS} of {settings.WORKERS} workers: while all of them send, nobody is "
            "left for imports, providers' calls and robots.",
            hint=f"Put DRAIN_SLOTS={settings.WORKERS - 2 or 1} into .env, or a larger number into WORKERS.",
            id="gonets.W017",
        )


@register(GONETS)
def task_times(**_: object) -> Iterator[CheckMessage]:
    cluster = settings.Q_CLUSTER
    longest = cluster["timeout"] * (1 + cluster["queue_limit"] / max(1, cluster["workers"]))
    if cluster["retry"] <= longest:
        yield Warning(
            f"Q_CLUSTER: a task may wait and run for {longest:.0f} seconds, but is given out again after "
            f"{cluster['retry']}: it would run twice.",
            hint=f'Put into notify_site/settings.py: "retry": {longest * 1.5:.0f}, or a smaller queue_limit.',
            id="gonets.W018",
        )
