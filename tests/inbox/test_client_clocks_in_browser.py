"""Times on the client's page by the clock of whoever reads: the company is in Warsaw, a client may be anywhere."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from messaging.inbox.models import BusinessDay, ChatMessage
from tests.browser import needs_browser
from tests.inbox.beside import aside
from tests.inbox.makers import switch_on
from tests.inbox.test_client_in_browser import Talk, talk  # noqa: F401 the fixture

pytestmark = [*needs_browser, pytest.mark.slow]
WARSAW = ZoneInfo("Europe/Warsaw")
EVENING = datetime.datetime(2026, 3, 4, 21, 30, tzinfo=datetime.UTC)


def said_in_the_evening(talk: Talk) -> None:  # noqa: F811
    """22:30 in Warsaw."""
    message = talk.answer("It is on its way")
    aside(lambda: ChatMessage.objects.filter(pk=message.pk).update(at=EVENING))


def shown(page: Page) -> str:
    return page.locator("#messages .bubble[data-id] time").first.inner_text()


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        ("Europe/Warsaw", "22:30"),
        ("Europe/London", "21:30"),
        ("Asia/Tokyo", "06:30"),
        ("America/New_York", "16:30"),
    ],
)
def test_a_message_has_the_time_of_its_reader(talk: Talk, zone: str, time: str):  # noqa: F811
    said_in_the_evening(talk)
    page = talk.open(timezone_id=zone, locale="en")
    expect(page.locator("#messages .bubble[data-id] time").first).to_have_text(time)
    title = page.locator("#messages .bubble[data-id] time").first.get_attribute("title")
    assert title == (None if zone == "Europe/Warsaw" else "22:30")
    assert talk.errors == []


def test_what_comes_while_the_page_is_open_has_it_too(talk: Talk):  # noqa: F811
    page = talk.open(timezone_id="Asia/Kathmandu")  # a quarter of an hour apart from everybody
    here = datetime.timezone(datetime.timedelta(hours=5, minutes=45))
    message = talk.answer("It is on its way")
    own = page.locator(f"#messages [data-id='{message.pk}'] time")
    expect(own).to_contain_text(f"{message.at.astimezone(here):%H:%M}")


def test_without_scripts_it_is_the_companys(talk: Talk):  # noqa: F811
    said_in_the_evening(talk)
    assert shown(talk.open(timezone_id="Asia/Tokyo", java_script_enabled=False)) == "22:30"


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/Warsaw", "March 4, 2026"), ("Asia/Tokyo", "March 5, 2026"), ("Europe/London", "March 4, 2026")],
)
def test_a_message_stands_under_the_day_of_its_reader(talk: Talk, zone: str, day: str):  # noqa: F811
    said_in_the_evening(talk)
    page = talk.open(timezone_id=zone, locale="en")
    expect(page.locator("#messages .day")).to_have_text([day])
    talk.answer("It has arrived")
    expect(page.locator("#messages .day")).to_have_text([day, "Today"])
    expect(page.locator("#messages > li").last).to_contain_text("It has arrived")


def test_when_somebody_answers_is_said_by_the_readers_clock(talk: Talk):  # noqa: F811
    opens_at = aside(opens_tomorrow_at_nine)
    for zone in ("Asia/Tokyo", "America/Los_Angeles"):
        there = opens_at.astimezone(ZoneInfo(zone))
        ahead = (there.date() - timezone.now().astimezone(there.tzinfo).date()).days
        day = {0: "today from", 1: "tomorrow from"}.get(ahead, "from")
        sentence = talk.open(timezone_id=zone, locale="en").locator("#opening")
        expect(sentence).to_contain_text(f"We answer {day} {there:%H:%M}")
        assert "09:00" in sentence.get_attribute("title")
    expect(talk.open(timezone_id="Europe/Warsaw", locale="en").locator("#opening")).to_contain_text("from 09:00")


def opens_tomorrow_at_nine() -> datetime.datetime:
    tomorrow = timezone.localdate(timezone=WARSAW) + datetime.timedelta(days=1)
    settings = switch_on(has_hours=True)
    BusinessDay.objects.create(settings=settings, weekday=tomorrow.weekday(), opens_at="09:00", closes_at="17:00")
    return datetime.datetime.combine(tomorrow, datetime.time(9), WARSAW)
