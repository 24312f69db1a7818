"""From an order and from a client's card into the chat with that client; the order's time line tells of it."""

import pytest
from django.urls import reverse

from messaging.inbox.models import Conversation
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_order, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["admin:orders_order_change", "admin:locations_client_change"])
def test_one_press_opens_the_clients_conversation_made_if_there_is_none(page):
    order = make_order()
    browser = logged_in(make_user("Dispatcher"))
    key = order.pk if "order" in page else order.client_id
    address = reverse("inbox_write", args=[order.client_id])
    assert address in browser.get(reverse(page, args=[key])).content.decode()
    answer = browser.post(address, follow=True)
    conversation = Conversation.objects.get(client=order.client)
    assert answer.redirect_chain[0][0].startswith(reverse("inbox:conversation", args=[conversation.pk]))
    assert answer.status_code == 200
    browser.post(address)
    assert Conversation.objects.count() == 1


def test_who_may_not_write_finds_no_button():
    order = make_order()
    browser = logged_in(make_user("Seller"))
    address = reverse("inbox_write", args=[order.client_id])
    assert address not in browser.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert browser.post(address).status_code == 403
    assert not Conversation.objects.exists()


def test_the_time_line_says_what_was_last_said():
    order = make_order()
    client_writes(make_conversation(order.client), "Please ring <twice>")
    page = logged_in(make_user("Dispatcher")).get(reverse("admin:orders_order_change", args=[order.pk]))
    words = page.content.decode()
    assert "Chat with the client" in words
    assert "Please ring &lt;twice&gt;" in words


def test_what_was_said_before_the_order_is_not_on_its_time_line():
    order = make_order()
    client_writes(make_conversation(order.client), "Long ago")
    Conversation.objects.update(last_at=order.placed_at.replace(year=2020))
    page = logged_in(make_user("Dispatcher")).get(reverse("admin:orders_order_change", args=[order.pk]))
    assert "Long ago" not in page.content.decode()
