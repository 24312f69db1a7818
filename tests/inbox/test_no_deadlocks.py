"""Writers, robots, operators and what became of replies at the same moment, over the same conversations."""

import pytest
from django.utils import timezone

from locations.models import Channel
from messaging.inbox.automation.receivers import show_deliveries
from messaging.inbox.conversations.state import mark_all_read, mark_read
from messaging.inbox.identity.finding import conversation_of
from messaging.inbox.models import ChatEvent, ChatMessage, Sender
from messaging.inbox.operator.presence import tell_presence
from messaging.robots.models import RobotStep
from messaging.robots.steps.running import run_due_steps
from orders.moves import move_to
from tests.inbox.makers import client_writes, switch_on
from tests.inbox.test_receivers import make_reply
from tests.inbox.test_together import run_together
from tests.makers import make_gateway, make_order, make_robot, make_stages

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 15


def test_nobody_waits_for_each_other_for_ever():
    switch_on()
    make_robot(make_stages()["ready"], body="Ready", channel=Channel.CHAT)
    orders = [make_order() for _number in range(4)]
    conversations = [conversation_of(order.client) for order in orders]
    for conversation in conversations:
        client_writes(conversation)
    for order in orders:
        move_to(order, make_stages()["ready"])
    replied = make_reply(make_gateway("sandbox_sms"))
    before = ChatMessage.objects.count()

    def write(backwards=False):
        for _number in range(TIMES):
            for conversation in reversed(conversations) if backwards else conversations:
                client_writes(conversation)

    def look():
        for _number in range(TIMES):
            for conversation in conversations:
                tell_presence(conversation, 1, "Jan", "viewing")
                mark_read(conversation, 2**40)

    def read_all():
        for _number in range(TIMES):
            mark_all_read()
            show_deliveries([replied.message_id])

    run_together(write, lambda: write(backwards=True), look, read_all, lambda: run_due_steps(timezone.now()))
    assert ChatMessage.objects.count() == before + 2 * TIMES * len(conversations) + len(orders)
    assert ChatMessage.objects.filter(sender=Sender.ROBOT).count() == len(orders)
    assert set(RobotStep.objects.values_list("state", flat=True)) == {"done"}
    told = list(ChatEvent.objects.filter(kind="message").order_by("pk").values_list("chat_message", flat=True))
    assert len(told) == len(set(told))
