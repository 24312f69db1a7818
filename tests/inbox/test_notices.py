"""What the program tells operators: a fact, worded for whoever reads it, in the talk, in the list and in the search."""

import gettext as catalogues

import polib
import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from messaging.inbox import reasons
from messaging.inbox.conversations.writing import Said, announce, tell_operators
from messaging.inbox.identity.finding import system_conversation
from messaging.inbox.search.search import messages_found
from messaging.inbox.timeline import chat_of_order
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_order, make_user

pytestmark = pytest.mark.django_db
IN_POLISH = {"The gateway “%(gateway)s” goes on sending.": "Bramka „%(gateway)s” znowu wysyła."}


@pytest.fixture
def polish(settings, tmp_path, monkeypatch):
    """The staff's side in Polish, of one sentence."""
    folder = tmp_path / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.extend(polib.POEntry(msgid=english, msgstr=said) for english, said in IN_POLISH.items())
    catalogue.save_as_mofile(str(folder / "django.mo"))
    settings.LOCALE_PATHS = [tmp_path]
    monkeypatch.setattr(trans_real, "_translations", {})
    monkeypatch.setattr(catalogues, "_translations", {})


def resumed(name: str = "Zielona"):
    return announce(Said(notice=reasons.GATEWAY_RESUMED(gateway=name)))


def test_each_reader_reads_a_notice_in_their_language(polish):
    told = resumed()
    with translation.override("en"):
        assert told.words == system_conversation().last_said == "The gateway “Zielona” goes on sending."
    with translation.override("pl"):
        assert told.words == system_conversation().last_said == "Bramka „Zielona” znowu wysyła."


def test_a_notice_is_found_by_the_words_in_which_it_is_read(polish):
    told, _other = resumed(), resumed("Szara")
    for language, term in (("en", "gateway zielo"), ("pl", "bramka zielo"), ("pl", "znowu ZIELONA")):
        with translation.override(language):
            assert [one.pk for one in messages_found(term)] == [told.pk]
    with translation.override("pl"):
        assert not messages_found("gateway")
    assert not messages_found("gateway zielona", before=told.pk)


def test_the_pages_show_it_in_the_list_in_the_talk_and_among_what_was_found():
    told = resumed()
    browser = logged_in(make_user("Operator"))
    for url in (
        reverse("inbox:list"),
        reverse("inbox:conversation", args=[told.conversation_id]),
        reverse("inbox:list") + "?q=goes+sending",
    ):
        page = browser.get(url).content.decode()
        assert "Zielona" in page, url
        assert "inbox.gateway_resumed" not in page


def test_what_the_makers_say_comes_after_a_notice_and_takes_its_place_in_the_list():
    resumed()
    tell_operators("The site is updated at 22:00.")
    assert system_conversation().last_said == "The site is updated at 22:00."


def test_the_order_of_a_client_shows_the_notice_on_its_time_line():
    order = make_order(notify=False)
    conversation = make_conversation(order.client)
    client_writes(conversation)
    conversation.refresh_from_db()
    conversation.last_words, conversation.last_notice = "", reasons.RATED(rating=4)
    conversation.save()
    assert "The client rated the talk: 4 of 5." in next(iter(chat_of_order(order))).detail
