"""Settling many doubts at once, trying at once, and taking a mark off an address, in the admin."""

import datetime

import pytest
from django.utils import timezone

from locations.values.reasons import in_words
from messaging.outbox.models import Message, UnusableAddress
from messaging.outbox.states import MessageState
from tests.makers import make_gateway, make_user
from tests.running_worker import received, run_worker

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/message/"


@pytest.fixture
def alice(client):
    make_gateway()
    user = make_user("Dispatcher", username="alice")
    client.force_login(user)
    return user


def doubts(count: int) -> list[Message]:
    return [
        Message.objects.create(channel="sms", to=f"+4850123456{n}", body="Hello", state=MessageState.IN_DOUBT)
        for n in range(count)
    ]


def act(client, action: str, messages: list[Message]):
    chosen = [message.pk for message in messages]
    return client.post(LIST, {"action": action, "_selected_action": chosen}, follow=True)


def test_it_notes_that_many_arrived(client, alice):
    messages = doubts(3)
    act(client, "chosen_arrived", messages[:2])
    states = list(Message.objects.order_by("pk").values_list("state", flat=True))
    assert states == [MessageState.SENT, MessageState.SENT, MessageState.IN_DOUBT]


def test_it_sends_many_again_as_new_messages_once(client, alice):
    messages = doubts(2)
    act(client, "chosen_lost", messages)
    act(client, "chosen_lost", messages)
    run_worker()
    assert len(received()) == 2
    assert Message.objects.filter(resend_of__isnull=False).count() == 2


def test_it_tries_at_once_what_waits_for_its_next_try(client, alice):
    later = timezone.now() + datetime.timedelta(minutes=10)
    message = Message.objects.create(channel="sms", to="+48501234567", body="Hello", send_at=later)
    assert "Try now" in client.get(f"{LIST}{message.pk}/change/").content.decode()
    client.post(f"{LIST}{message.pk}/now/do/")
    run_worker()
    assert len(received()) == 1


def test_it_gives_an_address_another_chance_when_its_mark_is_deleted(client, alice):
    mark = UnusableAddress.objects.create(
        channel="sms", address="+48501234567", reason=in_words("The number does not exist.")
    )
    page = "/admin/outbox/unusableaddress/"
    assert "The number does not exist." in client.get(page, {"q": "501 234 567"}).content.decode()
    client.post(f"{page}{mark.pk}/delete/", {"post": "yes"})
    assert not UnusableAddress.objects.exists()
