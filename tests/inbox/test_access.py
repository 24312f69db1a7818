"""Links and tokens: whose they are, how long, and what a stranger can do with a bad one."""

import datetime
import io
import logging
import time

import jwt
import pytest
import time_machine
from django.test import Client as Browser

from locations.models import Client, Company
from messaging.inbox import rate_limits
from messaging.inbox.identity.access import client_link, client_token, revoke_links, why_no_link
from messaging.inbox.models import ChatSettings
from messaging.texts.rendering import render
from tests.inbox.makers import client_writes, make_conversation, switch_on
from tests.makers import make_client

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture(autouse=True)
def _chat_is_on():
    Company.objects.update_or_create(pk=1, defaults={"country": "PL"})
    switch_on()


def shop_token(secret: str = "", algorithm: str = "HS256", **told: object) -> str:
    claims = {"sub": "C-1", "name": "Anna Brown", "exp": int(time.time()) + HOUR, **told}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, secret or ChatSettings.current().token_secret, algorithm=algorithm)


def status_of(browser: Browser, token: str) -> int:
    return browser.get(f"/chat/{token}/").status_code


def test_a_link_opens_its_clients_conversation_and_no_other(client: Browser):
    anna, boris = make_conversation(), make_conversation()
    client_writes(anna, "Anna's words")
    client_writes(boris, "Boris' words")
    page = client.get(f"/chat/{client_token(anna.client)}/").content.decode()
    assert "Anna&#x27;s words" in page
    assert "Boris" not in page


def test_a_link_fits_into_a_message(settings):
    settings.PUBLIC_URL = "https://shop.example"
    assert len(client_link(make_client())) <= 70


def test_without_an_address_of_our_own_there_is_no_link_but_a_reason(settings):
    settings.PUBLIC_URL = ""
    assert client_link(make_client()) == ""
    assert why_no_link().code == "inbox.no_public_url"


def test_each_character_of_a_link_counts(client: Browser):
    token = client_token(make_client())
    assert status_of(client, token) == 200
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert status_of(client, token[:place] + other + token[place + 1 :]) in {403, 429}


@pytest.mark.parametrize("token", ["1", "1.2.3", "..", "1..", "eyJ.eyJ.x", "%00.%00.%00", "a" * 5000, "١.٢.٣", "files"])
def test_what_is_no_token_opens_nothing(client: Browser, token: str):
    assert status_of(client, token) == 403


def test_a_link_ends_after_so_many_days(client: Browser, settings):
    settings.CHAT_LINK_DAYS = 10
    token = client_token(make_client())
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=9)):
        assert status_of(client, token) == 200
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=11)):
        answer = client.get(f"/chat/{token}/")
        assert answer.status_code == 403
        assert "Ask the company for a new one." in answer.content.decode()


def test_revoked_links_open_nothing_and_new_ones_do(client: Browser):
    anna = make_client()
    with time_machine.travel("2026-11-23 12:00:00", tick=False) as clock:
        old = client_token(anna)
        revoke_links(anna)
        assert status_of(client, old) == 403
        clock.shift(datetime.timedelta(milliseconds=1))
        assert status_of(client, client_token(anna)) == 200


def test_a_link_of_a_deleted_client_opens_nothing(client: Browser):
    anna = make_client()
    token = client_token(anna)
    anna.delete()
    assert status_of(client, token) == 403


def test_a_text_can_carry_the_link_and_asks_no_database(settings, client: Browser, django_assert_num_queries):
    settings.PUBLIC_URL = "https://shop.example"
    context = {"client": make_client(), "language": "en"}
    with django_assert_num_queries(0):
        words = render("Ask us: {chat_link}", context)
    path = words.removeprefix("Ask us: https://shop.example")
    assert client.get(path).status_code == 200


def test_the_shops_token_registers_a_client_once(client: Browser):
    token = shop_token(phone="501 234 567", email="Anna@Example.com")
    assert client.get("/chat/", {"token": token}, follow=True).status_code == 200
    assert status_of(client, token) == 200
    anna = Client.objects.get(external_id="C-1")
    assert anna.name == "Anna Brown"
    assert list(anna.contact_points.values_list("value", flat=True)) == ["+48501234567", "anna@example.com"]


def test_the_shops_token_finds_whom_it_knows_and_changes_nothing(client: Browser):
    known = make_client(external_id="C-1", name="Anna as she is")
    assert client.post(f"/chat/{shop_token(name='Mallory')}/", {"text": "Hello"}).status_code == 303
    known.refresh_from_db()
    assert known.name == "Anna as she is"
    assert known.conversation.chat_messages.get().text == "Hello"


def test_a_phone_in_a_token_merges_no_clients(client: Browser):
    boris = make_client()
    boris.contact_points.create(kind="phone", value="+48501234567")
    status_of(client, shop_token(phone="+48501234567"))
    assert Client.objects.get(external_id="C-1") != boris


BAD = {
    "expired": {"exp": int(time.time()) - 61 - HOUR},
    "without an end": {"exp": None},
    "an end in words, far away": {"exp": "99999999999"},
    "too long a life": {"exp": int(time.time()) + 25 * HOUR},
    "for nobody": {"sub": None},
    "for an empty name": {"sub": ""},
    "with a number for a name": {"sub": 7},
    "with a NUL": {"sub": "a\0b"},
    "too long a name": {"sub": "x" * 65},
    "of another": {"secret": "another secret that is long enough for it"},
}


@pytest.mark.parametrize("told", BAD.values(), ids=BAD)
def test_a_bad_token_of_the_shop_opens_nothing(client: Browser, told: dict):
    assert status_of(client, shop_token(**told)) == 403
    assert not Client.objects.filter(name="Anna Brown").exists()


def test_a_token_that_says_it_needs_no_signature_opens_nothing(client: Browser):
    unsigned = jwt.encode({"sub": "C-1", "exp": int(time.time()) + HOUR}, "", algorithm="none")
    assert status_of(client, unsigned) == 403


def test_another_algorithm_opens_nothing_though_the_secret_is_right(client: Browser):
    switch_on(token_secret="s" * 64)
    assert status_of(client, shop_token(algorithm="HS512")) == 403
    assert status_of(client, shop_token()) == 200


def test_clocks_may_differ_by_a_minute(client: Browser):
    assert status_of(client, shop_token(exp=int(time.time()) - 30)) == 200


def test_whoever_guesses_is_stopped_and_whoever_knows_is_not(client: Browser, monkeypatch):
    token = client_token(make_client())
    monkeypatch.setattr(rate_limits, "TOKENS_PER_MINUTE", 3)
    assert [status_of(client, f"1.x.{number}") for number in range(5)] == [403, 403, 403, 429, 429]
    assert status_of(client, token) == 200


def test_with_anothers_token_in_hand_ones_own_words_stay_ones_own(client: Browser):
    """A token names its client by itself: nothing in the form or address can choose another conversation."""
    anna, boris = make_conversation(), make_conversation()
    more = {"conversation": boris.pk, "client": boris.client.pk, "token": client_token(boris.client)}
    client.post(f"/chat/{client_token(anna.client)}/", {"text": "Hello", **more})
    assert anna.chat_messages.count() == 1
    assert boris.chat_messages.count() == 0


def test_the_log_does_not_name_the_token(client: Browser):
    (console,) = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    said = io.StringIO()
    before = console.setStream(said)
    try:
        for token in (client_token(make_client()), shop_token()):
            assert client.post(f"/chat/{token}/", {"text": ""}).status_code == 422
    finally:
        console.setStream(before)
    assert said.getvalue().count("/chat/…/\n") == 2
