"""One conversation per client, whichever way they write; an address nobody knows has its own until it is linked."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from locations.errors import CannotDo
from locations.models import ContactKind
from locations.values.reasons import NONE
from messaging.inbox.conversations.merging import link
from messaging.inbox.conversations.state import mark_read
from messaging.inbox.conversations.writing import Said, receive
from messaging.inbox.identity.finding import conversation_from, conversation_of, remember_address
from messaging.inbox.lines.lines import last_way, line_of, ways_to, web_line
from messaging.inbox.models import AddressKind, Conversation, LineKind
from messaging.outbox.models import Message
from tests.makers import make_client, make_gateway, make_user

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"


def make_person(name="Anna", phone=PHONE, email=""):
    person = make_client(name=name)
    person.contact_points.create(kind=ContactKind.PHONE, value=phone)
    if email:
        person.contact_points.create(kind=ContactKind.EMAIL, value=email)
    return person


def wrote(text, phone=PHONE, gateway=None):
    """A client's SMS, as the inbound side puts it down."""
    line = line_of(gateway or make_gateway(), LineKind.SMS)
    conversation = conversation_from(AddressKind.PHONE, phone)
    remember_address(conversation, AddressKind.PHONE, phone, line)
    receive(conversation, Said(text), line)
    return conversation


def test_who_alone_has_the_number_in_the_card_is_who_writes():
    anna = make_person()
    assert wrote("Hello").client == anna
    assert wrote("Hello again").pk == conversation_of(anna).pk


def test_a_number_of_two_people_merges_nobody():
    make_person("Anna")
    make_person("Jan")
    conversation = wrote("Who am I?")
    assert conversation.client is None
    assert conversation.title == PHONE


def test_of_two_people_with_one_number_the_one_lately_written_to_answers():
    make_person("Anna")
    jan = make_person("Jan")
    Message.objects.create(client=jan, channel="sms", to=PHONE, body="Your order is on its way")
    assert wrote("Thanks").client == jan


def test_what_was_written_to_long_ago_says_nothing():
    make_person("Anna")
    jan = make_person("Jan")
    long_ago = timezone.now() - datetime.timedelta(days=31)
    Message.objects.create(client=jan, channel="sms", to=PHONE, body="Hello", created_at=long_ago)
    assert wrote("Thanks").client is None


def test_an_unknown_number_keeps_its_conversation():
    first = wrote("Hello", "+48600000001")
    assert wrote("Still there?", "+48600000001").pk == first.pk
    assert first.chat_messages.count() == 2


def test_linking_moves_the_words_into_the_clients_conversation():
    anna = make_person(phone="+48600000002")
    known = wrote("From my own phone", "+48600000002")
    stray = wrote("From my mother's phone", "+48600000003")
    joined = link(stray, anna)
    assert joined.pk == known.pk
    assert [one.text for one in joined.chat_messages.all()] == ["From my own phone", "From my mother's phone"]
    assert joined.unread == 2
    assert not Conversation.objects.filter(pk=stray.pk).exists()
    assert wrote("Again", "+48600000003").pk == known.pk


def test_a_clients_conversation_is_not_given_to_another():
    conversation = wrote("Hello")
    link(conversation, make_client())
    with pytest.raises(CannotDo, match="belongs to a client already"):
        link(conversation, make_client())


def test_the_line_last_written_from_comes_first():
    anna = make_person(email="anna@example.com")
    make_gateway("sandbox_email")
    first, second = make_gateway(name="first"), make_gateway(name="second")
    wrote("One", gateway=first)
    conversation = wrote("Two", gateway=second)
    conversation.refresh_from_db()
    assert str(ways_to(conversation)[0].line) == "second"
    receive(conversation, Said("Three"), web_line())
    conversation.refresh_from_db()
    assert last_way(conversation).kind == LineKind.WEB
    assert {way.kind for way in ways_to(conversation_of(anna))} == {LineKind.WEB, LineKind.SMS, LineKind.EMAIL}


def test_who_never_wrote_has_no_last_line():
    assert last_way(conversation_of(make_person())) is None


def test_whatsapp_closes_after_a_day():
    line = line_of(make_gateway(), LineKind.WHATSAPP)
    conversation = conversation_from(AddressKind.PHONE, PHONE)
    remember_address(conversation, AddressKind.PHONE, PHONE, line)
    receive(conversation, Said("Hello"), line)
    conversation.refresh_from_db()
    assert last_way(conversation).obstacle == NONE
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=25)):
        assert "24 hours" in str(last_way(conversation).obstacle)


def test_what_was_typed_into_a_form_takes_nothing_from_an_address_that_was_written_from():
    """An operator links a stranger's form, which names the client's own phone, to the client."""
    conversation = wrote("Hello")
    known = conversation_of(make_client())
    link(conversation, known.client)
    line = known.addresses.get().line
    form = Conversation.objects.create(title="Somebody")
    form.addresses.create(kind=AddressKind.PHONE, address=PHONE, line=line, is_claimed=True)
    link(form, known.client)
    assert not known.addresses.get().is_claimed
    assert conversation_from(AddressKind.PHONE, PHONE) == known


def unread_in_thread(client, conversation):
    return client.get(f"/inbox/{conversation.pk}/").content.decode().count(" o-new")


@pytest.mark.parametrize("state", ["closed", "snoozed"])
def test_linking_opens_the_closed_talk_and_shows_what_nobody_has_seen(client, state):
    client.force_login(make_user("Operator"))
    anna = make_client(name="Anna")
    stranger = wrote("Is anybody there?")
    mine = conversation_of(anna)
    seen = receive(mine, Said("An old matter"), web_line())
    mark_read(mine, seen.pk)
    Conversation.objects.filter(pk=mine.pk).update(state=state)
    kept = link(stranger, anna)
    kept.refresh_from_db()
    assert (kept.pk, kept.state, kept.is_unread, kept.waiting_since) == (mine.pk, "open", True, stranger_waits(kept))
    assert kept.unread == unread_in_thread(client, kept) > 0
    assert f"row-{kept.pk}" in client.get("/inbox/rows/").content.decode()


def stranger_waits(kept):
    return min(kept.chat_messages.values_list("at", flat=True))


def test_linking_keeps_what_operators_have_begun_to_write():
    ola, bob = make_user("Operator"), make_user("Operator")
    anna = make_client(name="Anna")
    mine, stranger = conversation_of(anna), wrote("Hello")
    stranger.drafts.create(author=ola, text="Never pays", is_hidden=True)
    mine.drafts.create(author=ola, text="Good day")
    stranger.drafts.create(author=bob, text="Hello Anna")
    kept = link(stranger, anna)
    assert [(one.author, one.text, one.is_hidden) for one in kept.drafts.order_by("pk")] == [
        (ola, "Good day\nNever pays", True),
        (bob, "Hello Anna", False),
    ]


@pytest.mark.parametrize("sender", ["InPost", "4222", "+4222"])
def test_a_name_or_a_short_code_is_offered_for_no_answer(sender):
    ways = ways_to(wrote("Twoja paczka czeka", phone=sender))
    assert len(ways) == 1
    assert "is no number that takes messages" in str(ways[0].obstacle)
