"""Hints in chat: made, ordered by decimals, hidden, edited, deleted; an unknown placeholder is refused on saving."""

import pytest
from django.urls import reverse
from django.utils import timezone

from messaging.inbox.models import ChatEvent, EventKind, Hint
from tests.inbox.makers import logged_in, make_conversation
from tests.makers import make_client, make_department, make_location, make_order, make_user

pytestmark = pytest.mark.django_db
ADD = "admin:inbox_hint_add"


@pytest.fixture
def browser():
    return logged_in(make_user("Operator"))


def make_hint(browser, name, position, text="Good day!", **fields):
    fields = {"is_visible": "on", **fields}
    return browser.post(reverse(ADD), {"name": name, "position": position, "text": text, **fields})


def names(browser):
    page = browser.get(reverse("admin:inbox_hint_changelist"))
    return [hint.name for hint in page.context["cl"].result_list]


def test_they_stand_in_the_order_of_their_decimals(browser):
    for position in ("10", "1.5", "2", "1"):
        make_hint(browser, f"At {position}", position)
    assert names(browser) == ["At 1", "At 1.5", "At 2", "At 10"]
    chooser = browser.get(reverse("inbox:hints", args=[make_conversation().pk])).content.decode()
    places = [chooser.index(name) for name in ("At 1", "At 1.5", "At 2", "At 10")]
    assert places == sorted(places)


def test_one_that_is_not_visible_is_in_the_list_and_not_in_the_chat(browser):
    make_hint(browser, "Secret", "1", is_visible="")
    hint = Hint.objects.get()
    assert not hint.is_visible
    assert names(browser) == ["Secret"]
    assert "Secret" not in browser.get(reverse("inbox:hints", args=[make_conversation().pk])).content.decode()


@pytest.mark.parametrize("text", ["Order {order_nmuber} is here", "Order <<nrZamowien>>", "A { stray brace"])
def test_what_could_never_be_filled_is_refused(browser, text):
    page = make_hint(browser, "Wrong", "1", text)
    assert page.context["adminform"].form.errors["text"]
    assert not Hint.objects.exists()


def test_other_products_spellings_become_ours(browser):
    make_hint(browser, "Number", "1", "Zamówienie <<nrZamowienia>>")
    assert Hint.objects.get().text == "Zamówienie {order_number}"


def test_it_is_edited_and_deleted_and_open_pages_are_told(browser):
    make_hint(browser, "Number", "1")
    hint = Hint.objects.get()
    page = browser.get(reverse("admin:inbox_hint_change", args=[hint.pk]))
    assert page.context["adminform"].form["position"].value() == "1"
    changed = {"name": "Number", "position": "1", "text": "Good evening!", "is_visible": "on"}
    browser.post(reverse("admin:inbox_hint_change", args=[hint.pk]), changed)
    hint.refresh_from_db()
    assert hint.text == "Good evening!"
    browser.post(reverse("admin:inbox_hint_delete", args=[hint.pk]), {"post": "yes"})
    assert not Hint.objects.exists()
    assert ChatEvent.objects.filter(kind=EventKind.HINTS).count() == 3


def test_search_finds_by_name_and_words(browser):
    make_hint(browser, "Greeting", "1", "Good day!")
    make_hint(browser, "Farewell", "2", "See you")
    page = browser.get(reverse("admin:inbox_hint_changelist"), {"q": "see you"})
    assert [hint.name for hint in page.context["cl"].result_list] == ["Farewell"]


def test_the_page_shows_it_filled_with_sample_values(browser):
    page = browser.post(reverse("admin:inbox_hint_preview"), {"text": "Order {order_number} <b>"})
    words = page.content.decode()
    assert "{order_number}" not in words
    assert "&lt;b&gt;" in words
    page = browser.post(reverse("admin:inbox_hint_preview"), {"text": "{nonsense}"})
    assert "There is no placeholder" in page.content.decode()


def test_a_new_one_comes_after_the_last(browser):
    make_hint(browser, "Greeting", "3.5")
    assert browser.get(reverse(ADD)).context["adminform"].form.initial["position"] == 4


def test_times_are_said_in_the_departments_language(browser):
    shop = make_department(language="pl")
    client = make_client(name="Anna")
    order = make_order(make_location(client), department=shop, planned_arrival=timezone.now())
    Hint.objects.create(name="Arrival", text="{planned_arrival}", position=1)
    chooser = browser.get(reverse("inbox:hints", args=[make_conversation(client).pk])).json()
    assert order.department == shop
    assert "dzisiaj" in chooser["hints"][0]["text"] or "dziś" in chooser["hints"][0]["text"]
