"""No address and no field of staff's pages breaks the program, whatever is written into it: every page is tried."""

import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.urls import get_resolver

from tests.house.test_addresses import patterns
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user

pytestmark = pytest.mark.django_db
HUGE, LONG = "9" * 25, "9" * 5000
ODD = [HUGE, LONG, "a\0b", "\ud83d", "…T00:00", "-1"]
LOOKUPS = ["", "__gte", "__in"]
OWN = ("/inbox/", "/sandbox/", "/admin/")
DROPPED = {"/admin/logout/", "/inbox/events/"}


@pytest.fixture
def browser(settings) -> Client:
    """Somebody who may do everything, in a company where there is one of each."""
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    make_robot(make_stages()["new"])
    make_gateway()
    make_order(contact_phone="+48501234567")
    client_writes(make_conversation())
    browser = logged_in(make_user(is_superuser=True))
    browser.raise_request_exception = False
    return browser


def broken(answers: Iterator[tuple[str, int]]) -> list[str]:
    return [address[:150] for address, status in answers if status >= 500]


def lists() -> list[str]:
    return [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]


def sent(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")


def names_of(address: str) -> set[str]:
    """What a list can be asked for in its address: its model's fields, its filters', and the admin's own."""
    _admin, app, model = address.strip("/").split("/")
    page = next(one for one in admin.site._registry.values() if one.model._meta.label_lower == f"{app}.{model}")
    fields = {field.name for field in page.model._meta.get_fields() if isinstance(field, models.Field)}
    filters = {getattr(one, "parameter_name", None) for one in page.get_list_filter(None)}
    named = {one[0] if isinstance(one, tuple) else one for one in page.get_list_filter(None)}
    return fields | {name for name in filters | named if isinstance(name, str)}


@pytest.mark.parametrize("address", lists())
def test_a_list_takes_any_words_in_its_address(browser: Client, address: str):
    def answers() -> Iterator[tuple[str, int]]:
        for word in (HUGE, LONG, "a\0b"):
            for name in ("q", "p", "o", "_to_field", "_changelist_filters"):
                yield f"{address}?{name}={word!r}", browser.get(address, {name: sent(word)}).status_code
        for name in sorted(names_of(address)):
            for word in (HUGE, "…T00:00"):
                for suffix in LOOKUPS:
                    answer = browser.get(address, {f"{name}{suffix}": word})
                    yield f"{address}?{name}{suffix}={word!r}", answer.status_code

    assert not broken(answers())


@pytest.mark.parametrize("word", ODD)
def test_any_words_stand_in_the_place_of_an_id(browser: Client, word: str):
    id_of = quote(sent(word), safe="")

    def answers() -> Iterator[tuple[str, int]]:
        for address in lists():
            for page in ("change", "delete"):
                yield f"{address}{id_of}/{page}/", browser.get(f"{address}{id_of}/{page}/").status_code
        for address in templates():
            url = address.replace("1", id_of)
            yield url, browser.get(url).status_code
            yield f"POST {url}", browser.post(url).status_code

    assert not broken(answers())


def templates() -> list[str]:
    """Own pages with an argument, 1 in its place."""
    found = {text for text in patterns(get_resolver()) if text.startswith(OWN) and "(" not in text and "1" in text}
    return sorted(found)


NAMES = [
    "name", "text", "q", "query", "line", "seen", "once_key", "to", "body", "subject", "channel", "number",
    "client", "until", "hours", "user", "assignee", "stage", "new_stage", "pk", "ids", "action", "page",
    "letter", "zone", "department", "before", "after", "filter", "view", "kind", "state", "term",
    "app_label", "model_name", "field_name", "template", "language", "order", "minutes", "source", "notify",
    "phone", "email", "values", "rating", "is_hidden", "_selected_action", "last",
]  # fmt: skip


@pytest.mark.parametrize("word", [HUGE, LONG, "a\0b", "\ud83d"])
def test_any_words_stand_in_any_field(browser: Client, word: str):
    fields = dict.fromkeys(NAMES, sent(word))

    def answers() -> Iterator[tuple[str, int]]:
        for address in sorted(
            {one for one in patterns(get_resolver()) if one.startswith(OWN) and "(" not in one} - DROPPED
        ):
            yield f"POST {address}", browser.post(address, fields).status_code
            yield address, browser.get(address, fields).status_code
            browser.force_login(User.objects.filter(is_superuser=True)[0])

    assert not broken(answers())
