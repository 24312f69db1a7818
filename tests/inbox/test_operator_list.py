"""The operator's list: unread first, filters that combine, pages by key, a count of queries that never grows."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.models import DeliveryZone
from messaging.inbox.conversations.state import close
from messaging.inbox.conversations.writing import Said, note, tell_operators
from messaging.inbox.lines.lines import line_of, web_line
from messaging.inbox.models import ConversationState, LineKind, SavedView
from messaging.inbox.operator.filters import Filters
from messaging.inbox.operator.listing import PAGE, Place, list_page
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_client, make_gateway, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ola():
    return make_user("Operator", username="ola", first_name="Ola", last_name="Nowak")


def names(answer):
    return [row.name for row in answer.context["listed"].rows]


def ago(minutes):
    return timezone.now() - datetime.timedelta(minutes=minutes)


def test_unread_ones_stand_first_then_the_newest(ola):
    for name, is_unread, minutes in (
        ("old", False, 90),
        ("new", False, 5),
        ("waits", True, 60),
        ("waits more", True, 99),
    ):
        make_conversation(make_client(name=name), is_unread=is_unread, unread=int(is_unread), last_at=ago(minutes))
    answer = logged_in(ola).get("/inbox/")
    assert names(answer) == ["waits", "waits more", "new", "old"]
    assert answer.content.decode().count("o-row o-unread") == 2


def test_a_row_says_who_waits_how_long_and_by_which_line(ola):
    zone = DeliveryZone.objects.create(name="Praga")
    conversation = make_conversation(make_client(name="Anna"), zone=zone, assignee=ola)
    client_writes(conversation, "When does it come?")
    type(conversation).objects.update(waiting_since=ago(4))
    page = logged_in(ola).get("/inbox/").content.decode()
    for words in ("Anna", "When does it come?", "4 min", "Web chat", "Praga", ">ON<", ">forum<"):
        assert words in page


def test_a_note_is_called_a_note(ola):
    note(client_writes(make_conversation()).conversation, Said("Call her at noon"), author=ola)
    page = " ".join(logged_in(ola).get("/inbox/").content.decode().split())
    assert '<span class="o-who">Note:</span> Call her at noon' in page
    assert "We:" not in page


def test_filters_combine(ola):
    praga, wola = (DeliveryZone.objects.create(name=name) for name in ("Praga", "Wola"))
    make_conversation(make_client(name="one"), zone=praga, is_unread=True, unread=1, assignee=ola)
    make_conversation(make_client(name="two"), zone=praga, assignee=ola)
    make_conversation(make_client(name="three"), zone=wola, is_unread=True, unread=1)
    browser = logged_in(ola)
    assert names(browser.get(f"/inbox/?zone={praga.pk}&unread=1&assigned=me")) == ["one"]
    assert set(names(browser.get(f"/inbox/?zone={praga.pk}"))) == {"one", "two"}
    assert names(browser.get("/inbox/?assigned=nobody")) == ["three"]
    assert set(names(browser.get("/inbox/?assigned=somebody"))) == {"one", "two"}


def test_system_messages_and_those_of_clients_are_told_apart(ola):
    client_writes(make_conversation(make_client(name="Anna")))
    tell_operators("The gateway was paused.")
    browser = logged_in(ola)
    assert names(browser.get("/inbox/?who=system")) == ["System messages"]
    assert names(browser.get("/inbox/?who=users")) == ["Anna"]
    assert len(names(browser.get("/inbox/"))) == 2


def test_states_and_lines_are_filters_too(ola):
    sms = line_of(make_gateway(), LineKind.SMS)
    make_conversation(make_client(name="by sms"), line=sms)
    make_conversation(make_client(name="by web"), line=web_line())
    close(make_conversation(make_client(name="closed")))
    browser = logged_in(ola)
    assert names(browser.get(f"/inbox/?line={sms.pk}")) == ["by sms"]
    assert names(browser.get("/inbox/?state=closed")) == ["closed"]
    assert names(browser.get("/inbox/?state=snoozed")) == []


def test_what_is_on_is_said_and_can_be_taken_off(ola):
    zone = DeliveryZone.objects.create(name="Praga")
    page = logged_in(ola).get(f"/inbox/?zone={zone.pk}&unread=1").content.decode()
    assert 'href="/inbox/?unread=1" title="Show without this">Praga' in page
    assert "No conversation fits all the filters that are on." in page


@pytest.mark.parametrize("query", ["zone=x&line=-1&state=odd&who=&assigned=1", "zone=99999999999999999999", "after=x"])
def test_an_address_with_nonsense_shows_the_usual_list(ola, query):
    make_conversation(make_client(name="Anna"))
    assert names(logged_in(ola).get(f"/inbox/?{query}")) == ["Anna"]


def test_pages_by_key_show_everyone_once(ola):
    same = ago(5)  # also those whose last message came at the same instant
    for number in range(PAGE + 20):
        make_conversation(is_unread=number % 3 == 0, last_at=same if number % 2 else ago(number))
    seen, after = [], None
    while True:
        listed = list_page(Filters(), ola, after)
        seen += [(row.is_unread, row.last_at, row.pk) for row in listed.rows]
        if not listed.next_place:
            break
        after = Place.read(listed.next_place)
    assert len(seen) == len(set(seen)) == PAGE + 20
    assert seen == sorted(seen, reverse=True)


def test_the_next_page_is_asked_for_by_its_address(ola):
    for number in range(PAGE + 3):
        make_conversation(make_client(name=f"number {number}"), last_at=ago(number))
    browser = logged_in(ola)
    place = browser.get("/inbox/").context["listed"].next_place
    assert names(browser.get(f"/inbox/rows/?after={place}")) == [f"number {number}" for number in range(PAGE, PAGE + 3)]


@pytest.mark.parametrize("text", ["", "1.2", "a.b.c", "1.-5.7", "1.99999999999999999999.3", "1.4000000000000000.1"])
def test_a_broken_place_is_the_beginning(text):
    assert Place.read(text) is None


def test_the_list_costs_as_many_queries_for_fifty_as_for_one(ola):
    zone = DeliveryZone.objects.create(name="Praga")

    def fill(count):
        for _number in range(count):
            client_writes(make_conversation(zone=zone, assignee=ola))

    fill(1)
    with CaptureQueriesContext(connection) as few:
        list(list_page(Filters(), ola).rows)
    browser = logged_in(ola)
    browser.get("/inbox/rows/")
    with CaptureQueriesContext(connection) as page_of_few:
        browser.get("/inbox/rows/")
    fill(PAGE + 5)
    with CaptureQueriesContext(connection) as many:
        list(list_page(Filters(), ola).rows)
    with CaptureQueriesContext(connection) as page_of_many:
        browser.get("/inbox/rows/")
    assert len(many) <= len(few) == 2
    assert len(page_of_many) <= len(page_of_few)


def test_a_row_is_given_alone_unless_the_list_has_no_place_for_it(ola):
    conversation = make_conversation(make_client(name="Anna"))
    browser = logged_in(ola)
    assert "Anna" in browser.get(f"/inbox/{conversation.pk}/row/").content.decode()
    assert browser.get(f"/inbox/{conversation.pk}/row/?unread=1").status_code == 204
    type(conversation).objects.update(state=ConversationState.CLOSED)
    assert browser.get(f"/inbox/{conversation.pk}/row/").status_code == 204


def test_counts_stop_at_a_hundred(ola):
    for _number in range(101):
        make_conversation(is_unread=True, unread=1)
    assert ">99+<" in logged_in(ola).get("/inbox/").content.decode()


def test_a_list_is_kept_under_a_name_for_its_owner_alone(ola):
    browser, other = logged_in(ola), logged_in(make_user("Operator"))
    assert browser.post("/inbox/views/?unread=1&q=x", {"name": "Waiting"}).status_code == 204
    browser.post("/inbox/views/?unread=1&who=users", {"name": "Waiting"})
    view = SavedView.objects.get()
    assert (view.owner, view.query) == (ola, "unread=1&who=users")
    assert "Waiting" in browser.get("/inbox/").content.decode()
    assert "Waiting" not in other.get("/inbox/").content.decode()
    other.post(f"/inbox/views/{view.pk}/forget/")
    assert SavedView.objects.exists()
    browser.post(f"/inbox/views/{view.pk}/forget/")
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_is_refused_in_words(ola):
    answer = logged_in(ola).post("/inbox/views/?unread=1", {"name": " "})
    assert (answer.status_code, answer.json()["problem"]) == (422, "Give the view a name.")


def test_the_filter_panel_offers_zones_and_lines(ola):
    DeliveryZone.objects.create(name="Praga")
    web_line()
    panel = logged_in(ola).get("/inbox/filters/?state=closed").content.decode()
    assert "Praga" in panel
    assert "Web chat" in panel
    assert '<option value="closed" selected>' in panel


def test_an_empty_chat_teaches_how_it_begins(ola):
    page = logged_in(ola).get("/inbox/").content.decode()
    assert "Nobody has written yet" in page
    assert "All answered" in page
