"""How many parts a text needs: the cases every provider bills by, and what must hold for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.texts.sms import BASIC, EXTENSION, Encoding, measure

GSM = st.text(alphabet=BASIC + EXTENSION, max_size=700)
ANY = st.text(max_size=400)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        ("ą" * 70, 1),
        ("ą" * 71, 2),
        ("ą" * 134, 2),
        ("ą" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 152 + "€" + "a" * 30, 2),
    ],
)
def test_it_counts_parts_as_providers_do(text, parts):
    assert measure(text).parts == parts


@pytest.mark.parametrize(
    ("text", "in_last_part"),
    [("€" * 80 + "a", 4 * 2 + 1), ("😀" * 36, 3 * 2), ("a" * 152 + "€" + "a" * 30, 2 + 30), ("a" * 306, 153)],
)
def test_it_never_splits_a_character_of_two_units(text, in_last_part):
    size = measure(text)
    assert size.encoding.joined - size.room_left == in_last_part


@pytest.mark.parametrize("character", BASIC + EXTENSION)
def test_it_keeps_every_gsm_character_in_the_gsm_alphabet(character):
    assert measure(character).encoding == Encoding.GSM7
    assert measure(character).units == (2 if character in EXTENSION else 1)


@pytest.mark.parametrize("character", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻяЯії" + "ç`\t\u00a0„”«»’–—…\x1b")
def test_it_turns_the_whole_text_into_unicode_for_one_foreign_character(character):
    size = measure("aaa" + character)
    assert size.encoding == Encoding.UCS2
    assert size.offenders == (character,)


def test_it_names_what_made_the_text_dearer():
    assert measure("cena 5€ [netto]").offenders == ("€", "[", "]")
    assert measure("żółw 5€ żółw").offenders == ("ż", "ó", "ł")
    assert measure("plain").offenders == ()


def test_it_says_how_much_room_is_left():
    assert measure("").parts == 0
    assert measure("").room_left == 160
    assert measure("a" * 161).room_left == 153 - 8
    assert measure("ą").room_left == 69


@given(GSM)
def test_it_never_needs_unicode_for_gsm_characters(text):
    size = measure(text)
    assert size.encoding == Encoding.GSM7
    assert size.units == len(text) + sum(character in EXTENSION for character in text)


@given(ANY)
def test_it_counts_unicode_in_utf_16_units(text):
    size = measure("я" + text)
    assert size.units == len(("я" + text).encode("utf-16-le")) // 2


@given(st.one_of(GSM, ANY))
def test_it_fits_what_it_counted(text):
    size = measure(text)
    if size.units <= size.encoding.alone:
        assert size.parts == (1 if text else 0)
        assert size.room_left == size.encoding.alone - size.units
    else:
        wasted_at_most = size.parts - 1  # a part may end one unit early
        free = size.parts * size.encoding.joined - size.units
        assert size.room_left <= free <= size.room_left + wasted_at_most


@given(st.one_of(GSM, ANY), st.sampled_from(BASIC))
def test_it_never_gets_cheaper_by_one_more_character(text, more):
    assert measure(text + more).parts >= measure(text).parts
