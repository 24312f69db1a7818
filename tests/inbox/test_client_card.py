"""The link to a client's chat in the client's card."""

import re
import time

import jwt
import pytest
from django.core.signing import BadSignature
from django.test import Client as Browser

from messaging.inbox.conversations.writing import Said, receive
from messaging.inbox.identity.access import client_token
from messaging.inbox.identity.finding import conversation_from, remember_address
from messaging.inbox.lines.lines import last_way, line_of, ways_to
from messaging.inbox.lines.telegram_links import client_of_pass_word, pass_word
from messaging.inbox.models import AddressKind, LineKind
from tests.inbox.makers import make_conversation, switch_on
from tests.makers import make_client, make_gateway, make_user

pytestmark = pytest.mark.django_db


def card_of(browser: Browser, client_id: int) -> str:
    return browser.get(f"/admin/locations/client/{client_id}/change/").content.decode()


def test_a_demo_clients_chat_is_opened_from_the_card(client: Browser):
    switch_on()
    client.force_login(make_user("Operator"))
    card = card_of(client, make_client(is_demo=True).pk)
    address = re.search(r'href="(/chat/[^"]+)"[^>]*>Open the chat as the client', card)[1]
    assert 'id="composer"' in client.get(address).content.decode()


def test_a_real_clients_link_is_copied_once_clients_can_reach_us(client: Browser, settings):
    client.force_login(make_user("Operator"))
    anna = make_client()
    settings.PUBLIC_URL = ""
    assert "PUBLIC_URL is empty" in card_of(client, anna.pk)
    settings.PUBLIC_URL = "https://shop.example"
    assert 'data-copies="https://shop.example/chat/' in card_of(client, anna.pk)


def test_the_link_to_the_bot_is_copied_where_one_is_connected(client: Browser):
    switch_on()
    client.force_login(make_user("Operator"))
    anna, demo = make_client(), make_client(is_demo=True)
    assert "Copy Telegram link" not in card_of(client, anna.pk)
    make_gateway("telegram", config={"username": "shop_bot"})
    link = re.search(r'data-copies="(https://t.me/shop_bot\?start=[^"]+)"', card_of(client, anna.pk))[1]
    assert client_of_pass_word(link.partition("start=")[2]) == anna
    assert "Copy Telegram link" not in card_of(client, demo.pk)
    page = client.get(f"/chat/{client_token(anna)}/").content.decode()
    assert re.search(r'href="https://t.me/shop_bot\?start=[^"]+"[^>]*>Continue in Telegram', page)


def test_links_are_revoked_there(client: Browser):
    switch_on()
    client.force_login(make_user("Operator"))
    anna = make_client()
    token = client_token(anna)
    answer = client.post(f"/admin/locations/client/{anna.pk}/revoke-links/", follow=True)
    assert "open nothing any more" in answer.content.decode()
    assert client.get(f"/chat/{token}/").status_code == 403


def test_who_may_not_answer_clients_gets_no_link(client: Browser):
    client.force_login(make_user("Seller"))
    anna = make_client(is_demo=True)
    assert "/chat/" not in card_of(client, anna.pk)
    assert client.post(f"/admin/locations/client/{anna.pk}/revoke-links/").status_code == 403


def test_a_link_is_not_revoked_by_looking(client: Browser):
    client.force_login(make_user("Operator"))
    assert client.get(f"/admin/locations/client/{make_client().pk}/revoke-links/").status_code == 405


def test_revoking_ends_telegrams_links_and_the_shops_tokens_too(client: Browser):
    settings = switch_on()
    client.force_login(make_user("Operator"))
    anna = make_client(external_id="C-7")
    word = pass_word(anna)
    now = int(time.time())
    told = {"sub": "C-7", "exp": now + 3600, "iat": now - 60}
    shops = jwt.encode(told, settings.token_secret, "HS256")
    assert client.get(f"/chat/{shops}/").status_code == 200
    client.post(f"/admin/locations/client/{anna.pk}/revoke-links/")
    with pytest.raises(BadSignature):
        client_of_pass_word(word)
    assert client.get(f"/chat/{shops}/").status_code == 403
    assert client_of_pass_word(pass_word(anna)) == anna
    newer = jwt.encode(told | {"iat": now + 30}, settings.token_secret, "HS256")
    assert client.get(f"/chat/{newer}/").status_code == 200


def test_links_are_revoked_where_nobody_can_reach_the_page_too(client: Browser, settings):
    settings.PUBLIC_URL = ""
    client.force_login(make_user("Operator"))
    assert "revoke-links" in card_of(client, make_client().pk)


def test_an_address_that_is_somebody_elses_is_unbound(client: Browser):
    switch_on()
    client.force_login(make_user("Operator"))
    anna = make_client(name="Anna")
    line = line_of(make_gateway("telegram", config={"username": "shop_bot"}), LineKind.TELEGRAM)
    conversation = make_conversation(anna)
    remember_address(conversation, AddressKind.TELEGRAM, "4242", line)
    receive(conversation, Said("Hello"), line)
    address = re.search(r'action="(/admin/locations/client/\d+/unbind/\d+/)"', card_of(client, anna.pk))[1]
    assert "4242" in card_of(client, anna.pk)
    assert "is not this client&#x27;s any more" in client.post(address, follow=True).content.decode()
    assert "unbind" not in card_of(client, anna.pk)
    assert conversation_from(AddressKind.TELEGRAM, "4242").client is None
    conversation.refresh_from_db()
    assert all(way.line != line for way in ways_to(conversation))
    assert last_way(conversation) is None


def test_who_may_not_answer_unbinds_nothing(client: Browser):
    client.force_login(make_user("Seller"))
    anna = make_client()
    bound = make_conversation(anna).addresses.create(kind="telegram", address="4242")
    assert client.post(f"/admin/locations/client/{anna.pk}/unbind/{bound.pk}/").status_code == 403
    assert "4242" not in card_of(client, anna.pk)
    client.force_login(make_user("Operator"))
    other = make_client()
    client.post(f"/admin/locations/client/{other.pk}/unbind/{bound.pk}/")
    assert make_conversation(anna).addresses.exists()
