"""Chat settings, lines, the number beside the menu's item: nothing changes until it is saved (D3)."""

import re

import pytest
from django.urls import reverse

from messaging.inbox.conversations.state import mark_all_read
from messaging.inbox.identity.access import client_of
from messaging.inbox.lines.lines import line_of
from messaging.inbox.models import BusinessDay, ChatEvent, ChatSettings, EventKind, Line, LineKind
from tests.inbox.makers import client_writes, logged_in, make_conversation
from tests.makers import make_client, make_gateway, make_user

pytestmark = pytest.mark.django_db
NO_DAYS = {"days-TOTAL_FORMS": "0", "days-INITIAL_FORMS": "0", "days-MIN_NUM_FORMS": "0", "days-MAX_NUM_FORMS": "7"}
FILLED = {"silence_minutes": "15", "on_silence": "", **NO_DAYS}


def address():
    return reverse("admin:inbox_chatsettings_change", args=[ChatSettings.current().pk])


@pytest.fixture
def browser():
    return logged_in(make_user("Manager"))


def errors(page):
    form = page.context["adminform"].form
    days = page.context["inline_admin_formsets"][0].formset
    return str(form.errors) + str(days.errors) + str(days.non_form_errors())


def test_the_menu_leads_to_the_one_form_and_saving_turns_the_chat_on(browser):
    page = browser.get(reverse("admin:inbox_chatsettings_changelist"), follow=True)
    assert page.redirect_chain[-1][0] == address()
    assert not ChatSettings.current().is_on
    browser.post(address(), {**FILLED, "is_on": "on", "greeting": "Ask us anything."})
    assert (ChatSettings.current().is_on, ChatSettings.current().greeting) == (True, "Ask us anything.")
    assert ChatEvent.objects.filter(kind=EventKind.SETTINGS).exists()


def test_copies_without_an_address_are_refused_in_words(browser):
    page = browser.post(address(), {**FILLED, "copies_to_email": "on"})
    assert "Copies need an address" in errors(page)
    assert not ChatSettings.current().copies_to_email


def test_business_hours_with_a_break_are_kept(browser):
    day = {"weekday": "0", "opens_at": "09:00", "closes_at": "17:00", "break_from": "13:00", "break_to": "13:30"}
    rows = {f"days-0-{name}": value for name, value in day.items()} | {"days-TOTAL_FORMS": "1"}
    browser.post(address(), {**FILLED, **rows, "has_hours": "on"})
    kept = BusinessDay.objects.get()
    assert (kept.weekday, f"{kept.opens_at:%H:%M}", f"{kept.break_to:%H:%M}") == (0, "09:00", "13:30")


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (
            {"opens_at": "18:00", "closes_at": "02:00", "break_from": "03:00", "break_to": "04:00"},
            "The break must lie within the hours",
        ),
        ({"opens_at": "09:00", "closes_at": "17:00", "break_from": "13:00"}, "write both or neither"),
        (
            {"opens_at": "09:00", "closes_at": "17:00", "break_from": "18:00", "break_to": "19:00"},
            "The break must lie within the hours",
        ),
    ],
)
def test_hours_that_cannot_be_are_refused(browser, day, sentence):
    rows = {f"days-0-{name}": value for name, value in day.items()} | {"days-TOTAL_FORMS": "1", "days-0-weekday": "0"}
    page = browser.post(address(), {**FILLED, **rows, "has_hours": "on"})
    assert sentence in errors(page)
    assert not BusinessDay.objects.exists()


def test_an_evening_that_passes_midnight_is_kept_with_its_break(browser):
    day = {"weekday": "4", "opens_at": "18:00", "closes_at": "02:00", "break_from": "23:45", "break_to": "00:15"}
    rows = {f"days-0-{name}": value for name, value in day.items()} | {"days-TOTAL_FORMS": "1"}
    browser.post(address(), {**FILLED, **rows, "has_hours": "on"})
    assert [f"{day.opens_at:%H:%M}-{day.closes_at:%H:%M}" for day in BusinessDay.objects.all()] == ["18:00-02:00"]


def test_hours_without_a_day_get_the_usual_week_and_say_so(browser):
    page = browser.post(address(), {**FILLED, "has_hours": "on"}, follow=True)
    assert "Monday to Friday, 9:00 to 17:00 are filled in" in page.content.decode()
    assert [day.weekday for day in BusinessDay.objects.all()] == [0, 1, 2, 3, 4]
    assert {f"{day.opens_at:%H:%M}-{day.closes_at:%H:%M}" for day in BusinessDay.objects.all()} == {"09:00-17:00"}


def test_the_button_is_tried_as_a_customer_of_the_demo(browser):
    client = make_client(is_demo=True, name="Klient 01")
    make_conversation(client)
    assert reverse("admin:inbox_chatsettings_try") in browser.get(address()).content.decode()
    page = browser.get(reverse("admin:inbox_chatsettings_try")).content.decode()
    token = re.search(r'src="/chat/widget.js" data-token="([^"]+)"', page)[1]
    assert client_of(token) == client
    client.delete()
    stranger = browser.get(reverse("admin:inbox_chatsettings_try")).content.decode()
    assert 'src="/chat/widget.js" async' in stranger
    assert logged_in(make_user("Operator")).get(reverse("admin:inbox_chatsettings_try")).status_code == 403


def test_a_new_secret_is_asked_about_and_shown_once(browser):
    before = ChatSettings.current().token_secret
    secret = reverse("admin:inbox_chatsettings_secret")
    assert "Make a new secret?" in browser.get(secret).content.decode()
    assert ChatSettings.current().token_secret == before
    page = browser.post(secret)
    after = ChatSettings.current().token_secret
    assert after != before
    assert after in page.content.decode()
    assert after not in browser.get(address()).content.decode()
    assert after not in browser.get(secret).content.decode()


def test_the_line_for_the_shop_is_there_once_the_site_can_be_reached(browser, settings):
    assert "PUBLIC_URL is empty" in browser.get(address()).content.decode()
    settings.PUBLIC_URL = "https://gonets.example"
    assert "widget.js" not in browser.get(address()).content.decode()
    assert "First name the sites" in browser.get(address()).content.decode()
    ChatSettings.objects.update(allowed_origins="https://shop.example")
    assert "https://gonets.example/chat/widget.js" in browser.get(address()).content.decode()


def test_operators_may_not_change_settings():
    browser = logged_in(make_user("Operator"))
    assert browser.get(address()).status_code == 403
    assert browser.post(reverse("admin:inbox_chatsettings_secret")).status_code == 403


def test_every_gateway_that_clients_can_write_to_is_a_line_that_can_be_switched_off(browser):
    gateway = make_gateway("sandbox_sms", name="Our SMS")
    page = browser.get(reverse("admin:inbox_line_changelist"))
    assert [str(line) for line in page.context["cl"].result_list] == ["Web chat", "Our SMS"]
    line = line_of(gateway, LineKind.SMS)
    browser.post(reverse("admin:inbox_line_change", args=[line.pk]), {"name": "Our SMS"})
    assert not Line.objects.get(pk=line.pk).is_on


def test_the_number_of_unread_chats_stands_on_every_page_and_goes(browser):
    client_writes(make_conversation())
    client_writes(make_conversation())
    page = browser.get(reverse("admin:orders_order_changelist")).content.decode()
    badge = page[page.index("data-unread-url") :].split("</span>")[0]
    assert badge.endswith(">2")
    assert browser.get(reverse("inbox_unread")).json() == {"unread": 2}
    mark_all_read()
    assert browser.get(reverse("inbox_unread")).json() == {"unread": 0}
    page = browser.get(reverse("admin:orders_order_changelist")).content.decode()
    assert " hidden" in page[page.index("data-unread-url") :].split(">")[0]


def test_the_dashboard_counts_them_too(browser):
    client_writes(make_conversation())
    numbers = {str(one["label"]): one for one in browser.get(reverse("admin:index")).context["numbers"]}
    assert numbers["Unread chats"]["shown"] == "1"
    assert numbers["Unread chats"]["url"].startswith(reverse("inbox:list"))
