"""Who may come in: whoever may see conversations reads, whoever may change them answers, nobody else gets anything."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.urls import reverse

from messaging.inbox.models import ChatMessage, Conversation
from messaging.inbox.operator.urls import urlpatterns
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_user

pytestmark = pytest.mark.django_db
NAMES = sorted(pattern.name for pattern in urlpatterns)
READ = {
    "list",
    "rows",
    "filters",
    "clients",
    "conversation",
    "row",
    "head",
    "messages",
    "more",
    "orders",
    "composer",
    "history",
    "hints",
    "chips",
    "outside",
}


def address(name, conversation):
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    keys = pattern.pattern.converters
    values = {"pk": conversation.pk, "said": 1}
    return reverse(f"inbox:{name}", kwargs={key: values[key] for key in keys})


@pytest.fixture
def conversation():
    return client_writes(make_conversation()).conversation


@pytest.fixture
def reader():
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="view_conversation"))
    return user


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_is_sent_to_the_login(conversation, name):
    for answer in (Browser().get(address(name, conversation)), Browser().post(address(name, conversation))):
        assert answer.status_code == 302
        assert "/admin/login/" in answer["Location"]


@pytest.mark.parametrize("name", NAMES)
def test_a_colleague_without_the_right_gets_nothing(conversation, name):
    browser = logged_in(make_user("Seller"))
    assert browser.get(address(name, conversation)).status_code == 403
    assert browser.post(address(name, conversation)).status_code == 403


@pytest.mark.parametrize("name", sorted(set(NAMES) - READ))
def test_a_reader_changes_nothing(conversation, reader, name):
    assert logged_in(reader).post(address(name, conversation), {"text": "x", "once_key": "k"}).status_code == 403
    assert (ChatMessage.objects.count(), Conversation.objects.get().unread) == (1, 1)


def test_a_reader_reads_and_sees_no_composer(conversation, reader):
    page = logged_in(reader).get(address("conversation", conversation)).content.decode()
    assert "Hello" in page
    for part in ('id="o-composer"', "Mark all read", 'data-do="close"'):
        assert part not in page
    assert "You may read conversations, not answer them." in page
    assert (
        'id="o-composer"'
        in logged_in(make_user("Operator")).get(address("conversation", conversation)).content.decode()
    )


@pytest.mark.parametrize("name", sorted(set(NAMES) - READ))
def test_nothing_changes_without_a_token_or_by_a_link(conversation, name):
    strict = Browser(enforce_csrf_checks=True)
    user = make_user("Operator")
    strict.force_login(user)
    assert strict.post(address(name, conversation)).status_code == 403
    assert logged_in(user).get(address(name, conversation)).status_code == 405


@pytest.mark.parametrize(
    "name", ["conversation", "row", "head", "messages", "more", "orders", "history", "hints", "composer"]
)
def test_a_conversation_that_is_gone_is_not_found(conversation, name):
    pk = conversation.pk
    conversation.delete()
    conversation.pk = pk
    assert logged_in(make_user("Operator")).get(address(name, conversation)).status_code in {404, 204}


def test_a_reader_without_orders_sees_no_orders(conversation, reader):
    page = logged_in(reader).get(address("conversation", conversation)).content.decode()
    assert "Last order" not in page
    assert "Order history" not in page
