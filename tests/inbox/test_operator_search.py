"""Search in chat: name, phone in any spelling, e-mail, order number, words of messages (D22)."""

import pytest
from django.core.management import call_command
from django.db import connection

from locations.models import ContactKind, ContactPoint
from locations.search.word_index import keep_in_step
from locations.search.words import words_of
from messaging.inbox.conversations.state import close
from messaging.inbox.conversations.writing import Said, announce
from messaging.inbox.identity.finding import remember_address
from messaging.inbox.lines.lines import web_line
from messaging.inbox.models import AddressKind, ChatMessage
from messaging.inbox.operator.listing import PAGE
from messaging.inbox.reasons import CHAT_OFF
from messaging.inbox.search.search import conversations_found, messages_found
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_client, make_location, make_order, make_user
from tests.site.pages import faults, save

pytestmark = pytest.mark.django_db


def found(term):
    return {conversation.name for conversation in conversations_found(term)}


def texts(term, **more):
    return [message.text for message in messages_found(term, **more)]


@pytest.fixture
def anna():
    client = make_client(name="Anna Żółkiewska", external_id="K-17")
    ContactPoint.objects.create(client=client, kind=ContactKind.PHONE, value="+48501234567")
    ContactPoint.objects.create(client=client, kind=ContactKind.EMAIL, value="anna@example.com")
    make_order(make_location(client), number="WX-1042", contact_phone="+48602111222")
    make_conversation(make_client(name="Somebody Else"))
    make_conversation(client)
    return client


@pytest.mark.parametrize(
    "term",
    [
        *("Anna", "anna", "żółk", "zolkiewska", "ŻÓŁKIEWSKA ann", "501 234 567", "+48 501-234-567", "48501234567"),
        *("anna@example.com", "ANNA@example.com", "WX-1042", "wx-1042", "#WX-1042", "K-17", "602111222"),
    ],
)
def test_a_client_is_found_by_what_one_remembers(anna, term):
    assert found(term) == {"Anna Żółkiewska"}


@pytest.mark.parametrize("term", ["", "a", "!!", "nobody", "kiewska", "WX-9", "'; DROP TABLE", "%", '"', "a AND b*"])
def test_what_fits_nobody_finds_nobody(anna, term):
    assert found(term) == set()


def test_an_address_that_wrote_is_found_before_it_is_linked():
    conversation = make_conversation()
    remember_address(conversation, AddressKind.PHONE, "+48601222333", web_line())
    assert found("601 222 333") == {conversation.name}


def test_a_client_is_found_by_the_new_name_once_the_card_has_it(anna):
    browser = logged_in(make_user(is_superuser=True))
    answer = save(browser, f"/admin/locations/client/{anna.pk}/change/", name="Anna Nowak")
    assert not faults(answer)
    assert (found("nowak"), found("zolkiewska")) == ({"Anna Nowak"}, set())


def test_a_message_is_found_by_the_beginnings_of_its_words():
    conversation = make_conversation()
    for text in ("Kiedy przyjedzie woda?", "Где мой заказ №15, ёлки", "Zażółć gęślą jaźń", "nothing"):
        client_writes(conversation, text)
    assert texts("wod") == ["Kiedy przyjedzie woda?"]
    assert texts("ЗАКАЗ елк") == texts("заказ 15") == ["Где мой заказ №15, ёлки"]
    assert texts("zazolc gesla") == texts("ZAŻÓŁĆ") == ["Zażółć gęślą jaźń"]
    assert texts("woda zamek") == texts("oda") == texts("w") == texts("?!") == []


def test_the_newest_message_comes_first_and_pages_go_on_below():
    conversation = make_conversation()
    for number in range(7):
        client_writes(conversation, f"woda {number}")
    first = list(messages_found("woda", at_most=3))
    assert [message.text for message in first] == ["woda 6", "woda 5", "woda 4"]
    assert texts("woda", before=first[-1].pk, at_most=3) == ["woda 3", "woda 2", "woda 1"]


def test_the_index_follows_what_is_changed_and_deleted():
    message = client_writes(make_conversation(), "woda")
    ChatMessage.objects.filter(pk=message.pk).update(text="pizza")
    assert (texts("woda"), texts("pizza")) == ([], ["pizza"])
    message.delete()
    assert texts("pizza") == []


def test_a_table_that_was_made_anew_by_a_migration_is_followed_again():
    if connection.vendor == "sqlite":  # PostgreSQL has no triggers to lose
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER inbox_chatmessage_added")
    keep_in_step(connection)
    client_writes(make_conversation(), "woda")
    assert texts("woda") == ["woda"]


def test_a_row_that_came_while_its_table_was_made_anew_is_found_and_can_be_deleted():
    """And so can all others: to take words out that were never in would break SQLite's index."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER inbox_chatmessage_added")
    messages = [client_writes(make_conversation(), f"woda {number}") for number in range(200)]
    call_command("migrate", verbosity=0)
    assert len(texts("woda")) == 50
    messages[0].text = "pizza"
    messages[0].save()
    for message in messages[1:]:
        message.delete()
    assert (texts("woda"), texts("pizza")) == ([], ["pizza"])
    client_writes(make_conversation(), "woda")
    assert texts("woda") == ["woda"]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO inbox_chatmessage_words (inbox_chatmessage_words) VALUES ('integrity-check')")


@pytest.mark.django_db(transaction=True)
def test_the_index_is_made_for_what_was_there_before():
    client_writes(make_conversation(make_client(name="Anna")), "woda")
    call_command("migrate", "inbox", "0002", verbosity=0)
    call_command("migrate", verbosity=0)
    assert (texts("woda"), found("anna")) == (["woda"], {"Anna"})


def test_words_are_letters_and_digits_and_not_too_many():
    assert words_of('Żółty "KOT", nr_12-a') == ["zolty", "kot", "nr", "12", "a"]
    assert len(words_of("a " * 100)) == 8


def test_the_page_shows_where_the_words_are_and_leads_there():
    conversation = make_conversation(make_client(name="Anna"))
    message = client_writes(conversation, "Kiedy <b>przyjedzie</b> woda?")
    close(conversation)
    browser = logged_in(make_user("Operator"))
    page = browser.get("/inbox/?q=wod").content.decode()
    assert "<mark>woda</mark>" in page
    assert "&lt;b&gt;przyjedzie" in page
    address = f"/inbox/{conversation.pk}/?q=wod&amp;message={message.pk}"
    assert address in page
    thread = browser.get(address.replace("&amp;", "&")).content.decode()
    assert f'data-found="{message.pk}"' in thread
    assert "o-here" in thread
    assert "<mark>woda</mark>" in thread.split("o-here")[1]


def test_older_findings_follow_on_demand():
    conversation = make_conversation()
    for number in range(PAGE + 2):
        client_writes(conversation, f"woda {number}")
    browser = logged_in(make_user("Operator"))
    before = browser.get("/inbox/?q=woda").context["found"].next_message
    rest = browser.get(f"/inbox/rows/?q=woda&before={before}").content.decode()
    assert rest.count("o-found") == 2


def test_numbers_are_found_however_they_are_typed():
    for number, name in (("#1001", "Ewa"), ("Zam-5", "Jan"), ("WX-7", "Ola")):
        client = make_client(name=name)
        make_order(make_location(client), number=number)
        make_conversation(client)
    assert found("1001") == found("#1001") == {"Ewa"}
    assert found("zam-5") == found("ZAM-5") == found("#zam-5") == {"Jan"}
    assert found("wx-7") == {"Ola"}


def test_the_phone_of_a_place_finds_its_client():
    client = make_client(name="Jan Nowak")
    make_location(client, phone="+48604555666")
    make_conversation(client)
    assert found("604 555 666") == {"Jan Nowak"}


@pytest.mark.parametrize("name", ["Стеф'янко", "Стеф’янко", "Стефʼянко"])
def test_an_apostrophe_is_one_whichever_key_it_is(name):
    client_writes(make_conversation(make_client(name=name)), f"Я {name}")
    for typed in ("Стеф'янко", "стеф’янко", "Стефʼянко"):
        assert found(typed) == {name}
        assert texts(typed) == [f"Я {name}"]


def test_words_that_come_to_a_row_that_had_none_are_found_and_leave_the_index_whole():
    """SQLite takes an index for damaged from which more rows were taken out than it has."""
    told = announce(Said(notice=CHAT_OFF()))
    rows = ChatMessage.objects.filter(pk=told.pk)
    for words in ("woda", "", "sok"):
        rows.update(text=words)
        assert texts("woda") + texts("sok") == ([words] if words else [])
    rows.delete()
    assert texts("sok") == []


def test_an_update_puts_right_what_an_earlier_version_kept_in_step_wrongly():
    said = client_writes(make_conversation(), "woda")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER inbox_chatmessage_rewritten")
            cursor.execute(
                "CREATE TRIGGER inbox_chatmessage_changed AFTER UPDATE ON inbox_chatmessage BEGIN SELECT 1; END"
            )
    call_command("migrate", verbosity=0)
    ChatMessage.objects.filter(pk=said.pk).update(text="sok")
    assert (texts("sok"), texts("woda")) == (["sok"], [])
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'inbox_chatmessage_changed'")
            assert cursor.fetchone() == (0,)
