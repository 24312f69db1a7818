"""Business hours go by the company's clock, with a break, on both nights of the change of time."""

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from locations.models import Company
from messaging.inbox.automation.business_hours import is_open, next_opening, open_time
from messaging.inbox.conversations.opt_out import obey
from messaging.inbox.conversations.opt_out_keywords import Wish
from messaging.inbox.conversations.writing import Said, receive
from messaging.inbox.lines.lines import line_of, web_line
from messaging.inbox.models import BusinessDay, ChatMessage, ChatSettings, LineKind, Sender
from tests.inbox.makers import client_writes, make_conversation
from tests.makers import make_gateway

pytestmark = pytest.mark.django_db
WARSAW = ZoneInfo("Europe/Warsaw")
MONDAY = datetime.datetime(2026, 3, 2, tzinfo=WARSAW)


def make_hours(days=range(5), opens="09:00", closes="17:00", break_from=None, break_to=None, **fields):
    """Monday to Friday, in Warsaw; read back as pages do."""
    settings = ChatSettings.current()
    for name, value in {"is_on": True, "has_hours": True, **fields}.items():
        setattr(settings, name, value)
    settings.save()
    times = {"opens_at": opens, "closes_at": closes, "break_from": break_from, "break_to": break_to}
    for weekday in days:
        BusinessDay.objects.create(settings=settings, weekday=weekday, **times)
    return ChatSettings.current(), Company.current()


def at(hour, minute=0, day=0):
    return (MONDAY + datetime.timedelta(days=day)).replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("moment", "is_there"),
    [
        (at(8, 59), False),
        (at(9), True),
        (at(12, 59), True),
        (at(13), False),
        (at(13, 29), False),
        (at(13, 30), True),
        (at(17), False),
        (at(12, day=5), False),
    ],
)
def test_somebody_is_there_within_the_hours_but_not_in_the_break(moment, is_there):
    settings, company = make_hours(break_from="13:00", break_to="13:30")
    assert is_open(moment.astimezone(datetime.UTC), settings, company) is is_there


@pytest.mark.parametrize(
    ("moment", "is_there"),
    [
        (at(17, 59, day=4), False),
        (at(23, 50, day=4), False),
        (at(0, 14, day=5), False),
        (at(0, 15, day=5), True),
        (at(1, 59, day=5), True),
        (at(2, day=5), False),
        (at(1, day=4), False),
    ],
)
def test_an_evening_may_pass_midnight_and_so_may_its_break(moment, is_there):
    settings, company = make_hours(days=[4], opens="18:00", closes="02:00", break_from="23:45", break_to="00:15")
    assert is_open(moment, settings, company) is is_there


def test_a_day_may_end_at_midnight_and_one_day_may_last_until_the_next():
    settings, company = make_hours(days=[0], opens="09:00", closes="00:00")
    assert is_open(at(23, 59), settings, company)
    assert not is_open(at(0, day=1), settings, company)
    BusinessDay.objects.update(opens_at="00:00")
    assert open_time(at(0), at(0, day=3), ChatSettings.current(), company) == datetime.timedelta(hours=24)


def test_a_night_that_reaches_into_the_next_day_counts_once():
    settings, company = make_hours(days=[0, 1], opens="08:00", closes="10:00")
    BusinessDay.objects.filter(weekday=0).update(closes_at="07:59")
    BusinessDay.objects.filter(weekday=1).update(opens_at="07:00")
    settings = ChatSettings.current()
    assert open_time(at(0), at(0, day=2), settings, company) == datetime.timedelta(hours=26)
    assert next_opening(at(7, 30), settings, company) == at(8)


def test_without_hours_somebody_is_always_there():
    settings, company = ChatSettings.current(), Company.current()
    assert is_open(at(3), settings, company)
    assert next_opening(at(3), settings, company) == at(3)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [(at(7), at(9)), (at(13, 10), at(13, 30)), (at(18), at(9, day=1)), (at(18, day=4), at(9, day=7))],
)
def test_it_says_when_somebody_is_there_again(moment, opening):
    settings, company = make_hours(break_from="13:00", break_to="13:30")
    assert next_opening(moment, settings, company) == opening


def test_hours_without_a_day_never_come():
    settings, company = make_hours(days=[])
    assert next_opening(at(7), settings, company) is None


def test_in_the_night_that_loses_an_hour_and_in_the_one_that_gains_one():
    """In 2026 Poland's clocks change on 29 March at 2:00 and on 25 October at 3:00."""
    settings, company = make_hours(days=range(7), opens="01:00", closes="04:00")
    spring = datetime.datetime(2026, 3, 29, tzinfo=WARSAW)
    autumn = datetime.datetime(2026, 10, 25, tzinfo=WARSAW)
    for night, hours in ((spring, 2), (autumn, 4)):
        day = datetime.timedelta(days=1)
        begins, ends = night.astimezone(datetime.UTC), (night + day).astimezone(datetime.UTC)
        assert open_time(begins, ends, settings, company) == datetime.timedelta(hours=hours)


def test_an_opening_that_the_change_of_time_leaves_out_comes_an_hour_later():
    settings, company = make_hours(days=[6], opens="02:30", closes="06:00")
    night = datetime.datetime(2026, 3, 29, 0, 30, tzinfo=WARSAW)
    assert next_opening(night, settings, company) == datetime.datetime(2026, 3, 29, 3, 30, tzinfo=WARSAW)


def away_messages():
    return list(ChatMessage.objects.filter(sender=Sender.SYSTEM, is_hidden=False).values_list("text", flat=True))


def test_who_writes_outside_the_hours_is_told_once_until_somebody_was_there():
    make_hours(away_message="We are back at nine.")
    conversation = make_conversation()
    with time_machine.travel(at(20), tick=False) as clock:
        client_writes(conversation)
        client_writes(conversation, "Anybody?")
        assert away_messages() == ["We are back at nine."]
        clock.move_to(at(8, day=1))
        client_writes(conversation, "Good morning")
        assert len(away_messages()) == 1
        clock.move_to(at(10, day=1))
        client_writes(conversation, "Now?")
        assert len(away_messages()) == 1
        clock.move_to(at(21, day=1))
        client_writes(conversation, "Gone again?")
        assert len(away_messages()) == 2


def test_stop_and_what_machines_write_get_no_answer():
    make_hours(away_message="We are back at nine.")
    conversation = make_conversation()
    line = line_of(make_gateway(), LineKind.SMS)
    with time_machine.travel(at(20), tick=False):
        obey(conversation, Said("STOP", at=timezone.now()), line, "+48501234567", Wish.LEAVE)
        receive(conversation, Said("I am on holiday"), web_line(), is_heard=False)
    assert away_messages() == []


def test_within_the_hours_nothing_is_said():
    make_hours(away_message="We are back at nine.")
    with time_machine.travel(at(12), tick=False):
        client_writes(make_conversation())
    assert away_messages() == []
