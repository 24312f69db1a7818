"""No address and no field of staff's pages breaks the program, whatever is written into it: every page is tried.

Each list with each of its filters, each page with an id, each page with fields: once each, odd words taken in turn.
"""

import itertools
import logging
import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from tests.house.test_addresses import patterns
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user

pytestmark = pytest.mark.django_db
HUGE, LONG = "9" * 25, "9" * 5000
ODD = [HUGE, LONG, "a\0b", "\ud83d", "…T00:00", "-1"]
LOOKUPS = ["", "__gte", "__in", "__exact"]
ADMINS_OWN = ("q", "p", "o", "_to_field", "_changelist_filters")
AS_FORM = "application/x-www-form-urlencoded"
OWN = ("/inbox/", "/sandbox/", "/admin/")
# They end the session or never end. A page of deletion does what any posted field confirms, to the visitor too.
LEFT_OUT = ("/admin/logout/", "/inbox/events/", "/delete/")
FIELDS = re.findall(
    r"\w+",
    """name text q query line seen once_key to body subject channel number client until hours user assignee stage
    new_stage pk ids action page letter zone department before after filter view kind state term app_label model_name
    field_name template language order minutes source notify phone email values rating is_hidden _selected_action last
    """,
)


@pytest.fixture
def browser(settings) -> Iterator[Client]:
    """Somebody who may do everything, in a company where there is one of each."""
    log = logging.getLogger("django.request")
    level = log.level
    log.setLevel(logging.CRITICAL)
    make_robot(make_stages()["new"])
    make_gateway()
    make_order(contact_phone="+48501234567")
    client_writes(make_conversation())
    browser = logged_in(make_user(is_superuser=True))
    browser.raise_request_exception = False
    yield browser
    log.setLevel(level)


def broken(answers: Iterator[tuple[str, HttpResponse]]) -> list[str]:
    """Addresses that broke. Who is not logged in would see none of them."""
    told = [(address[:150], answer) for address, answer in answers]
    assert not [address for address, answer in told if "/login/" in answer.headers.get("Location", "")]
    return [address for address, answer in told if answer.status_code >= 500]


def sent(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")


def lists() -> list[str]:
    return [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]


def names_of(address: str) -> list[str]:
    """What a list can be asked for in its address: its model's fields and its filters."""
    _admin, app, model = address.strip("/").split("/")
    page = next(one for one in admin.site._registry.values() if one.model._meta.label_lower == f"{app}.{model}")
    fields = {field.name for field in page.model._meta.get_fields() if isinstance(field, models.Field)}
    filters = {getattr(one, "parameter_name", None) for one in page.get_list_filter(None)}
    named = {one[0] if isinstance(one, tuple) else one for one in page.get_list_filter(None)}
    return sorted(fields | {name for name in filters | named if isinstance(name, str)})


def own_pages() -> list[str]:
    """All that the address book has, 1 in the place of each argument."""
    found = {one for one in patterns(get_resolver()) if one.startswith(OWN) and "(" not in one}
    return sorted(one for one in found if not one.endswith(LEFT_OUT))


def test_lists_take_any_words_in_their_address(browser: Client):
    words = itertools.cycle(ODD)
    lookups = itertools.cycle(LOOKUPS)

    def answers() -> Iterator[tuple[str, HttpResponse]]:
        for address in lists():
            asked = [*ADMINS_OWN, *(f"{name}{next(lookups)}" for name in names_of(address))]
            for name, word in zip(asked, words, strict=False):
                yield f"{address}?{name}={word!r}", browser.get(address, {name: sent(word)})

    assert not broken(answers())


def test_any_words_stand_in_the_place_of_an_id(browser: Client):
    words = itertools.cycle(ODD)

    def answers() -> Iterator[tuple[str, HttpResponse]]:
        pages = [f"{address}1/{page}/" for address in lists() for page in ("change", "delete")]
        pages += [one for one in own_pages() if "1" in one]
        for page, word in zip(pages, words, strict=False):
            url = page.replace("1", quote(sent(word), safe=""))
            yield url, browser.get(url)
            yield f"POST {url}", browser.post(url)

    assert not broken(answers())


def test_any_words_stand_in_any_field(browser: Client):
    words = itertools.cycle(ODD)

    def answers() -> Iterator[tuple[str, HttpResponse]]:
        for address, word in zip(own_pages(), words, strict=False):
            fields = dict.fromkeys(FIELDS, sent(word))
            yield f"POST {address}", browser.post(address, urlencode(fields), AS_FORM)
            yield address, browser.get(address, fields)

    assert not broken(answers())
    assert User.objects.filter(is_superuser=True).exists()
