"""Reasons are facts: stored as a code with values, worded for the reader, filtered by code."""

import datetime
import zoneinfo

import pytest
from django.utils import timezone

from locations.rows.old_sentences import Sentence, from_sentence
from locations.values.reasons import MOMENT, NONE, NUMBER, WORDS, Fault, Reason, ReasonKind, in_words, kind_of

AT = datetime.datetime(2026, 3, 1, 13, 30, tzinfo=datetime.UTC)
LATE = ReasonKind("test.late", "It was late.", "It was late: %(at)s.", Fault.US, "Be quicker.", {"at": MOMENT})
NEXT = ReasonKind("test.next", "Next try.", "Try %(number)s comes next.", formats={"number": NUMBER})
SAID = ReasonKind("test.said", "It was refused.", "“%(text)s”", formats={"text": WORDS})


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    for kind in (LATE, NEXT, SAID):
        monkeypatch.setitem(kind_of.__globals__["_kinds"], kind.code, kind)


def test_no_reason_is_false_and_says_nothing():
    assert not NONE
    assert str(NONE) == NONE.code == NONE.title == NONE.remedy == ""


def test_a_moment_is_shown_where_the_reader_is():
    reason = LATE(at=AT)
    with timezone.override(zoneinfo.ZoneInfo("Europe/Warsaw")):
        assert str(reason) == "It was late: 1 Mar 14:30."
    with timezone.override(zoneinfo.ZoneInfo("Asia/Almaty")):
        assert "18:30" in str(reason)
    assert reason == LATE(at=AT.astimezone(zoneinfo.ZoneInfo("Europe/Kyiv")))


def test_a_moment_of_today_is_shown_by_its_time_alone():
    now = timezone.now()
    assert str(LATE(at=now)) == f"It was late: {timezone.localtime(now):%H:%M}."


def test_what_follows_is_said_after_it_and_the_code_stays():
    reason = SAID(text="no").then(NEXT(number=2)).then(NEXT(number=3))
    assert str(reason) == "“no” Try 2 comes next. Try 3 comes next."
    assert reason.code == "test.said"
    assert NONE.then(NEXT(number=2)) == NEXT(number=2)
    assert SAID(text="no").then(NONE) == SAID(text="no")


def test_somebodys_words_are_kept_as_they_came_but_cannot_break_anything():
    words = 'a %(at)s {"b"} 100% \0 \ud800'
    assert str(SAID(text=words)) == '“a %(at)s {"b"} 100%  ?”'
    assert len(str(SAID(text="x" * 9000))) == 502
    assert in_words("  ") == NONE


def test_a_reason_with_other_values_than_its_kind_has_is_a_fault():
    with pytest.raises(TypeError, match="takes"):
        LATE(when=AT)


def test_a_code_that_nobody_declares_any_more_is_shown():
    assert str(Reason("gone.100%")) == "gone.100%"
    assert str(Reason('gone.away {"at": "now"}')) == "gone.away"


def test_a_value_that_an_earlier_version_did_not_keep_is_a_question_mark():
    assert str(Reason("test.late")) == "It was late: ?."


def test_old_sentences_become_codes_and_what_nobody_knows_stays_as_words():
    known = [
        Sentence(r"It was late: (?P<at>[\d:]+)\.", "test.late"),
        Sentence(r"(?P<why>.*) Try (?P<number>\d+)\.", "test.next"),
    ]
    assert from_sentence("It was late: 14:30.", known) == Reason('test.late {"at": "14:30"}')
    assert str(from_sentence("It was late: 14:30.", known)) == "It was late: 14:30."
    assert str(from_sentence("It was late: 14:30. Try 4.", known)) == "It was late: 14:30. Try 4 comes next."
    assert from_sentence("It was late: 14:30. Try 4.", known).code == "test.late"
    assert str(from_sentence("Something else.", known)) == "Something else."
    assert from_sentence(LATE(at=AT).text, known) == LATE(at=AT)
