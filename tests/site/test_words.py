"""Times as people say them, numbers as lists show them."""

import datetime
import zoneinfo

import pytest
from django.utils import timezone

from notify_site.templatetags.gonets import grouped, masked, spoken

WARSAW = zoneinfo.ZoneInfo("Europe/Warsaw")
NOON = datetime.datetime(2026, 3, 10, 12, tzinfo=WARSAW)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "now, 12:00"),
        (25, "in 25 min, 12:25"),
        (-12, "12 min ago, 11:48"),
        (60 * 5, "17:00"),
        (-60 * 5, "07:00"),
        (60 * 24, "tomorrow 12:00"),
        (-60 * 24, "yesterday 12:00"),
        (60 * 24 * 9, "19 Mar 12:00"),
        (-60 * 24 * 100, "30 Nov 2025 12:00"),
    ],
)
def test_a_time_is_said_as_people_say_it(minutes, words):
    with timezone.override(WARSAW):
        assert spoken(NOON + datetime.timedelta(minutes=minutes), NOON) == words


def test_a_phone_is_masked_and_an_address_is_not():
    assert masked("+48501234567") == "+48 501 *** 567"
    assert masked("ewa@example.com") == "ewa@example.com"


def test_a_phone_is_grouped_as_its_country_writes_it():
    assert masked("+79000000109") == "+7 900 *** 109"
    assert masked("+380671234567") == "+380 671 *** 567"
    assert [grouped(to) for to in ("+48501234567", "+79000000109", "+48")] == [
        "+48 501 234 567",
        "+7 900 000-01-09",
        "+48",
    ]
    assert grouped("ewa@example.com") == "ewa@example.com"
