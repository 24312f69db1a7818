"""A new kind of line is one declaration: customers write by it, operators answer, and the answer goes out."""

import pytest
from django.urls import reverse

from messaging.gateways.adapters import HookRequest, adapter, adapter_choices, get_adapter_class
from messaging.gateways.adapters.base import _adapters
from messaging.gateways.adapters.sandbox import Sandbox
from messaging.gateways.calls.hooks import store
from messaging.gateways.models import SandboxDelivery
from messaging.inbox.models import AddressKind, ChatMessage, Conversation, LineKind
from messaging.inbox.models.lines import Traits
from messaging.outbox.models import Message
from tests.declaring import declare
from tests.inbox.makers import logged_in, switch_on
from tests.makers import make_gateway, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def viber(monkeypatch):
    """The declaration, and the provider's file that every gateway has."""
    declare(monkeypatch, LineKind, "VIBER", "viber", Traits("They write to your Viber account", "call"), "Viber")
    monkeypatch.setitem(_adapters, "sandbox_viber", Sandbox)

    @adapter
    class SandboxViber(Sandbox):
        key, label, channel, line = "sandbox_viber", "Sandbox Viber", "chat", "viber"

        def find_special(self, to):
            return None

    switch_on()
    return make_gateway("sandbox_viber", name="Our Viber")


def customer_writes(gateway, text: str, number: str = "1") -> None:
    store(gateway, HookRequest("", "POST", f"id={number}&from=viber-user-7&text={text}".encode(), FORM))
    run_worker()


def test_a_customer_writes_an_operator_answers_and_it_goes_out(viber):
    customer_writes(viber, "Halo")
    conversation = Conversation.objects.get()
    assert (conversation.title, conversation.line.kind, conversation.is_unread) == ("viber-user-7", "viber", True)
    browser = logged_in(make_user("Operator"))
    page = browser.get(reverse("inbox:conversation", args=[conversation.pk])).content.decode()
    assert "Our Viber" in page
    listed = browser.get(reverse("inbox:list")).content.decode()
    assert 'aria-hidden="true">call</span>Viber' in listed
    answer = {"text": "Dzień dobry", "way": conversation.line_id, "seen": conversation.newest_id, "once_key": "k1"}
    sent = browser.post(reverse("inbox:reply", args=[conversation.pk]), answer)
    assert sent.status_code == 204, sent.content
    run_worker()
    message = Message.objects.get()
    assert (message.channel, message.to, message.state) == ("chat", "viber-user-7", "delivered")
    delivery = SandboxDelivery.objects.get(is_reply=False)
    assert (delivery.to, delivery.body) == ("viber-user-7", "Dzień dobry")


def test_the_same_person_stays_in_the_same_talk_and_their_address_is_called_as_it_is(viber):
    customer_writes(viber, "Halo")
    customer_writes(viber, "Jeszcze+raz", "2")
    assert Conversation.objects.count() == 1
    assert ChatMessage.objects.count() == 2
    used = Conversation.objects.get().addresses.get()
    assert (used.kind, used.get_kind_display()) == ("viber", "Viber")
    assert ("viber", "Viber") in AddressKind.options()


def test_the_pages_of_lines_and_gateways_know_it(viber):
    browser = logged_in(make_user(is_superuser=True))
    lines = browser.get(reverse("admin:inbox_line_changelist")).content.decode()
    assert "They write to your Viber account" in lines
    assert "Our Viber" in lines
    choose = browser.get(reverse("admin:gateways_gateway_add")).content.decode()
    assert "Sandbox Viber" in choose


def test_every_adapter_names_a_kind_of_line_that_is_declared():
    named = {get_adapter_class(key).line for key, _label in adapter_choices()} - {""}
    assert named <= set(LineKind.values)
    assert all(len(kind.value) <= 8 for kind in LineKind)
