"""Days and times as each language writes them."""

import datetime

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone, translation

from locations.lists.spoken import exact, spoken
from locations.values.days import dated
from locations.values.reasons import shown_day, shown_moment

NOON = datetime.datetime(2026, 11, 3, 12, 0, tzinfo=datetime.UTC)  # 13:00 in Warsaw
LAST_YEAR = NOON - datetime.timedelta(days=365)

each_language = pytest.mark.parametrize(
    ("language", "day", "days_before"),
    [
        ("en", "3 Nov", "3 Nov 2025"),
        ("ru", "3 ноября", "3 ноября 2025"),
        ("pl", "3 listopada", "3 listopada 2025"),
        ("uk", "3 листопада", "3 листопада 2025"),
    ],
)


@each_language
def test_a_day_is_written_as_the_language_does(language, day, days_before):
    with translation.override(language), time_machine.travel(NOON + datetime.timedelta(days=9), tick=False):
        assert spoken(NOON) == f"{day} 13:00"
        assert spoken(LAST_YEAR) == f"{days_before} 13:00"
        assert shown_moment(NOON.isoformat()) == f"{day} 13:00"
        assert shown_day(LAST_YEAR.isoformat()) == days_before
        in_template = Template("{% load gonets %}{{ at|dated:'j M, H:i' }}").render(Context({"at": NOON}))
        assert in_template == f"{day}, 13:00"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Tue 3 Nov 2026 13:00:00 CET"),
        ("ru", "Вт 3 ноября 2026 13:00:00 CET"),
        ("pl", "wt 3 listopada 2026 13:00:00 CET"),
        ("uk", "Вт 3 листопада 2026 13:00:00 CET"),
    ],
)
def test_the_exact_time_is_the_same_by_both_ways(language, words):
    with translation.override(language):
        there = timezone.localtime(NOON)
        assert exact(there) == dated(there, "D j M Y H:i:s T")
        assert exact(there).casefold() == words.casefold()
