"""The link to a client's chat in the client's card."""

import re

import pytest
from django.test import Client as Browser

from messaging.inbox.access import client_token
from messaging.inbox.telegram_links import client_of_pass_word
from tests.inbox.makers import switch_on
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
