"""An order that somebody deletes: what still waits for its customer is not sent."""

import pytest

from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.states import MessageState
from orders.models import Order
from tests.makers import make_gateway, make_order, make_user
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"


@pytest.fixture
def operator(client):
    make_gateway("sandbox_sms")
    client.force_login(make_user(is_superuser=True))
    return client


def queue_for(order: Order) -> Message:
    return queue_messages([Message(channel="sms", to=PHONE, body="Hello", order=order, client=order.client)])[0]


def test_it_cancels_the_waiting_messages_of_a_deleted_order(operator):
    deleted, kept = make_order(contact_phone=PHONE), make_order(contact_phone=PHONE)
    message, other = queue_for(deleted), queue_for(kept)
    operator.post(f"/admin/orders/order/{deleted.pk}/delete/", {"post": "yes"})
    run_worker()
    message.refresh_from_db()
    other.refresh_from_db()
    assert list(Order.objects.all()) == [kept]
    assert (message.state, other.state) == (MessageState.CANCELLED, MessageState.DELIVERED)
    assert len(received()) == 1


def test_it_keeps_what_a_deleted_order_had_been_told(operator):
    order = make_order(contact_phone=PHONE)
    message = queue_for(order)
    run_worker()
    operator.post(f"/admin/orders/order/{order.pk}/delete/", {"post": "yes"})
    message.refresh_from_db()
    assert (message.state, message.order) == (MessageState.DELIVERED, None)


def test_it_cancels_them_whichever_way_the_order_is_deleted():
    make_gateway("sandbox_sms")
    orders = [make_order(contact_phone=PHONE) for _ in range(3)]
    queued, held, sent = [queue_for(order) for order in orders]
    Message.objects.filter(pk=held.pk).update(state=MessageState.HELD)
    Message.objects.filter(pk=sent.pk).update(state=MessageState.SENT)
    Order.objects.all().delete()
    run_worker()
    found = {row.pk: (row.state, row.reason.code, row.order) for row in Message.objects.all()}
    cancelled = (MessageState.CANCELLED, "outbox.order_deleted", None)
    assert found == {queued.pk: cancelled, held.pk: cancelled, sent.pk: (MessageState.SENT, "", None)}
    assert received() == []


def test_it_leaves_alone_what_was_never_about_an_order():
    make_gateway("sandbox_sms")
    order = make_order()
    (message,) = queue_messages([Message(channel="sms", to=PHONE, body="Hello")])
    order.delete()
    run_worker()
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
