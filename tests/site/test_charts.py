"""The first page's charts: the last 24 hours by state, today's failures by reason, each a link to what it counts."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.values.reasons import NONE, Reason
from messaging.gateways.reasons import REFUSED_BY_PROVIDER
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from notify_site.admin import charts
from tests.makers import make_user

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 5, 4, 14, 30, tzinfo=datetime.UTC)  # 16:30 in the company's Warsaw


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def alice(client):
    user = make_user(is_superuser=True)
    client.force_login(user)
    return user


def make_message(state=MessageState.DELIVERED, hours_ago=0.0, **fields):
    made = timezone.now() - datetime.timedelta(hours=hours_ago)
    return Message.objects.create(channel="sms", to="+48501234567", body="Hi", state=state, created_at=made, **fields)


def no_such_number():
    """Each time with other values."""
    return REFUSED_BY_PROVIDER(provider="Twilio", code="21211", words=f"{Message.objects.count()} is no number.")


def filled(page):
    return {column["words"]: column["url"] for column in page.context["by_hour"]["columns"] if column["parts"]}


def listed(client, url):
    return client.get(url).context["cl"].result_count


def test_it_counts_by_hour_of_the_companys_clock_and_by_state(client, alice):
    make_message()
    make_message(MessageState.FAILED)
    make_message(hours_ago=2)
    make_message(hours_ago=23)
    make_message(hours_ago=24)
    page = client.get("/admin/")
    assert list(filled(page)) == [
        "17:00–18:00: 1 delivered",
        "14:00–15:00: 1 delivered",
        "16:00–17:00: 1 delivered, 1 failed",
    ]
    heights = [column["height"] for column in page.context["by_hour"]["columns"]]
    assert (len(heights), heights[0], heights[-3], heights[-1]) == (24, 50, 50, 100)
    assert [(each["state"], each["count"]) for each in page.context["by_hour"]["states"]] == [
        (MessageState.DELIVERED, 3),
        (MessageState.FAILED, 1),
    ]


def test_every_bar_leads_to_exactly_what_it_counts(client, alice):
    make_message()
    make_message(MessageState.FAILED, reason=no_such_number())
    make_message(MessageState.FAILED, hours_ago=2, reason=no_such_number())
    make_message(MessageState.FAILED, hours_ago=20, reason=no_such_number())
    make_message(MessageState.FAILED, reason=NONE)
    page = client.get("/admin/")
    assert [listed(client, url) for url in filled(page).values()] == [1, 1, 3]
    assert [listed(client, state["url"]) for state in page.context["by_hour"]["states"]] == [1, 4]
    bars = page.context["by_reason"]["bars"]
    assert [(bar["reason"], bar["count"], bar["width"]) for bar in bars] == [
        ("The provider refused it in words of its own.", 2, 100),
        ("no reason was given", 1, 50),
    ]
    assert [listed(client, bar["url"]) for bar in bars] == [2, 1]


def test_the_list_says_what_narrows_it_and_lets_go_of_it(client, alice):
    make_message()
    make_message(hours_ago=2)
    make_message(MessageState.FAILED, reason=no_such_number())
    page = client.get("/admin/")
    hour = client.get(filled(page)["14:00–15:00: 1 delivered"])
    assert [chip["name"] for chip in hour.context["narrowed"]] == ["made 4 May 14:00 to 4 May 15:00"]
    assert listed(client, "/admin/outbox/message/?" + hour.context["narrowed"][0]["query"]) == 3
    failed = client.get(page.context["by_reason"]["bars"][0]["url"])
    assert [chip["name"] for chip in failed.context["narrowed"]] == ["made since 4 May 00:00"]
    assert listed(client, page.context["by_reason"]["bars"][0]["url"]) == 1


def test_it_names_the_five_commonest_reasons_and_counts_the_others(client, alice):
    for number in range(7):
        for _ in range(number + 1):
            make_message(MessageState.FAILED, reason=Reason(f"test.reason{number}"))
    reasons = client.get("/admin/").context["by_reason"]
    assert [bar["reason"] for bar in reasons["bars"]] == [f"test.reason{number}" for number in (6, 5, 4, 3, 2)]
    assert reasons["others"] == "and 2 other reasons"


def test_an_empty_day_has_a_sentence(client, alice):
    make_message(MessageState.FAILED, hours_ago=30)
    page = client.get("/admin/").content.decode()
    assert "No message was made in the last 24 hours." in page
    assert "None has failed since midnight." in page


def test_a_very_full_day_shows_its_newest_and_says_so():
    for hours_ago in (5, 4, 3, 2, 1):
        make_message(hours_ago=hours_ago)
    day = charts.by_hour(NOW, most_counted=3)
    assert len([column for column in day["columns"] if column["parts"]]) == 3
    page = render_to_string("gonets/charts.html", {"by_hour": day, "by_reason": charts.by_reason(NOW)})
    assert "The newest 3 messages of the last 24 hours." in page


def test_it_asks_twice_whatever_there_is():
    for number in range(30):
        make_message(MessageState.FAILED, hours_ago=number % 5, reason=Reason(f"test.reason{number}"))
    with CaptureQueriesContext(connection) as asked:
        charts.by_hour(NOW)
        charts.by_reason(NOW)
    assert len(asked) == 2
