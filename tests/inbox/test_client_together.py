"""Many requests of one client at the same moment, over both databases."""

import pytest
from django.test import Client as Browser

from messaging.inbox.identity.access import client_token
from messaging.inbox.models import Conversation
from tests.inbox.makers import make_conversation, switch_on
from tests.inbox.test_together import run_together

pytestmark = pytest.mark.django_db(transaction=True)


def statuses_of(conversation: Conversation, forms: list[dict[str, str]]) -> list[int]:
    address = f"/chat/{client_token(conversation.client)}/"
    jobs = [
        lambda form=form: Browser().post(address, form, HTTP_X_REQUESTED_WITH="fetch").status_code for form in forms
    ]
    return sorted(run_together(*jobs))


def test_the_same_message_from_impatient_hands_is_written_once():
    switch_on()
    conversation = make_conversation()
    assert statuses_of(conversation, [{"text": "Hello", "once": "k1"}] * 6) == [200] * 6
    assert conversation.chat_messages.count() == 1
    conversation.refresh_from_db()
    assert conversation.unread == 1


def test_a_limit_is_exact_however_many_knock_at_once(settings):
    settings.CHAT_MESSAGES_PER_MINUTE = 4
    switch_on()
    conversation = make_conversation()
    statuses = statuses_of(conversation, [{"text": str(number), "once": f"k{number}"} for number in range(8)])
    assert statuses == [200] * 4 + [429] * 4
    assert conversation.chat_messages.count() == 4


def test_the_first_words_of_a_new_client_make_one_conversation():
    switch_on(greeting="Welcome!")
    conversation = make_conversation()
    client = conversation.client
    conversation.delete()
    address = f"/chat/{client_token(client)}/"
    pages = run_together(*[lambda: Browser().get(address).content.decode()] * 5)
    assert sum("Welcome!" in page for page in pages) == 1
    assert Conversation.objects.filter(client=client).count() == 1
