"""Every word of the program is in each catalogue, translated, with its values, compiled.

A language is held to completeness once its catalogue says `X-Complete: yes`; all else is asked of each of them. That
the judge sees each fault is proved on a language made here, in which every word stands in [[ ]].
"""

import re

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from locations.values.reasons import all_kinds
from tests.house.source import ROOT
from tests.languages.catalogues import bring_up, catalogue_paths, forms_of, language_of, opened
from tests.languages.faults import claims_completeness, faults_of
from tests.languages.pseudo import pseudo_catalogue, write_pseudo
from tests.languages.words import Word, words_of_python, words_of_source, words_of_template

LETTER = re.compile(r"[A-Za-z]")
FILLED = re.compile(r"%\(\w+\)[sd]")

each_catalogue = pytest.mark.parametrize("path", catalogue_paths(), ids=language_of)


@pytest.fixture
def pseudo(settings, tmp_path):
    """Russian is spoken in [[ ]]."""
    settings.LOCALE_PATHS = [write_pseudo(tmp_path / "locale")]
    with translation.override("ru"):
        yield


def entry(catalogue: polib.POFile, msgid: str) -> polib.POEntry:
    found = catalogue.find(msgid)
    assert found is not None
    return found


# --- The catalogues ---------------------------------------------------------------------------------------------------
def test_there_is_a_catalogue_for_each_language_but_english(settings):
    spoken = {code for code, _name in settings.MESSAGE_LANGUAGES}
    assert {language_of(path) for path in catalogue_paths()} == spoken - {"en"}


@each_catalogue
def test_a_catalogue_has_no_fault(path):
    assert not faults_of(opened(path))


@each_catalogue
def test_a_catalogue_has_the_plural_forms_of_its_language(path):
    assert forms_of(opened(path)) == 3


@each_catalogue
def test_what_is_used_is_what_is_written(path):
    assert path.with_suffix(".mo").read_bytes() == opened(path).to_binary(), "make messages compiles it"


@each_catalogue
def test_each_reason_is_worded_in_each_language(path):
    catalogue = opened(path)
    unsaid = [word for word in words_of_reasons() if not getattr(catalogue.find(word), "msgstr", "")]
    assert not (unsaid and claims_completeness(catalogue))


def words_of_reasons() -> set[str]:
    """Titles, sentences and remedies of all kinds, as they stand in the source."""
    with translation.override("en"):
        words = {str(word) for kind in all_kinds() for word in (kind.title, kind.sentence, kind.remedy)}
    return {word for word in words if LETTER.search(FILLED.sub("", word))}


# --- The source -------------------------------------------------------------------------------------------------------
def test_each_reason_is_marked(pseudo):
    plain = [kind.code for kind in all_kinds() if not str(kind.title).startswith("[[")]
    assert not plain


def test_words_are_found_in_python():
    text = (
        '_("one" if so else "two")\nngettext("%d row", "%d rows", n) % n\ntranslation.pgettext("of a robot", "state")'
    )
    assert set(words_of_python(text)) == {
        Word("one"),
        Word("two"),
        Word("%d row", "%d rows"),
        Word("state", context="of a robot"),
    }


def test_words_are_found_in_templates():
    text = """{% load i18n %}<p title="{% translate "It's new" %}">{{ _("Back") }}{% include "x" with a=_("So") %}
        {% blocktranslate trimmed count n=rows with by=name %}{{ n }} row
        by {{ by }}{% plural %}{{ n }} rows by {{ by }}{% endblocktranslate %}{% translate "state" context "robot" %}"""
    assert set(words_of_template(text, "a.html")) == {
        Word("It's new"),
        Word("Back"),
        Word("So"),
        Word("%(n)s row by %(by)s", "%(n)s rows by %(by)s"),
        Word("state", context="robot"),
    }


def test_a_word_in_the_pseudo_language_is_found_whichever_file_says_it(pseudo):
    plain = [word.msgid for word in words_of_source() if not word.context and gettext(word.msgid) == word.msgid]
    assert not [msgid for msgid in plain if not any(word.plural for word in words_of_source() if word.msgid == msgid)]
    assert ngettext("%d row", "%d rows", 5) == "%d rows"  # nobody's word


# --- The judge --------------------------------------------------------------------------------------------------------
def test_a_language_that_has_everything_has_no_fault():
    assert faults_of(pseudo_catalogue()) == []


def spoil(catalogue: polib.POFile, what: str) -> None:
    valued = next(one for one in catalogue if one.msgstr and "%(" in one.msgid)
    counted = next(one for one in catalogue if one.msgid_plural)
    tagged = next(one for one in catalogue if "<" in one.msgstr)
    match what:
        case "is not in the catalogue":
            catalogue.remove(valued)
        case "is not in the source any more":
            catalogue.append(polib.POEntry(msgid="Nobody's word", msgstr="[[Nobody's word]]"))
        case "is not translated":
            valued.msgstr = ""
        case "is fuzzy":
            valued.flags.append("fuzzy")
        case "has 2 plural forms, not 3":
            del counted.msgstr_plural[2]
        case "has other values than":
            counted.msgstr_plural[1] = "[[some]]"
        case "has other tags than":
            tagged.msgstr = tagged.msgstr.replace("<", "")
        case "has other placeholders than":
            next(one for one in catalogue if "{" in one.msgstr).msgstr = "[[]]"
        case "cannot be filled with values":
            valued.msgstr += " 100% sure"


@pytest.mark.parametrize(
    "what",
    [
        "is not in the catalogue",
        "is not in the source any more",
        "is not translated",
        "is fuzzy",
        "has 2 plural forms, not 3",
        "has other values than",
        "has other tags than",
        "has other placeholders than",
        "cannot be filled with values",
    ],
)
def test_each_fault_is_seen(what: str):
    catalogue = pseudo_catalogue()
    spoil(catalogue, what)
    assert any(what in fault for fault in faults_of(catalogue))


def test_bringing_up_keeps_what_is_translated_and_removes_what_is_gone(tmp_path):
    path = tmp_path / "ru" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    before = pseudo_catalogue()
    kept = before[0].msgid
    before[0].msgstr = "[[so]]"
    before.remove(before[1])
    before.append(polib.POEntry(msgid="Nobody's word", msgstr="[[Nobody's word]]"))
    before.save(str(path))
    after = bring_up(path)
    assert entry(after, kept).msgstr == "[[so]]"
    assert after.find("Nobody's word") is None
    assert [one.msgid for one in after if not one.translated()] == [after[1].msgid]
    assert set(opened(path)) == set(after)


# --- Scripts ----------------------------------------------------------------------------------------------------------
COMMENT = re.compile(r"^\s*(?://|\*|/\*).*$|\s//\s.*$", re.MULTILINE)
QUOTED = re.compile(r"""(["'`])((?:(?!\1)[^\\]|\\.)*)\1""", re.DOTALL)
SAYS = re.compile(r"[A-Z][a-z]+(?: [\w’']+)*[.…!?]?|.*\$\{[^}]*\} [a-z]{2,}(?: [a-z]+)*[.…!?]?")
NO_WORDS = {
    *("Escape", "Enter", "Tab", "ArrowDown", "ArrowUp", "AbortError"),  # the browser's names
    *("Chat", "Close the chat"),  # where the shop's page says nothing else in data-label and data-close
}


def test_a_script_has_no_words_of_its_own():
    """They stand in its page, where they are translated."""
    said = {
        f"{path.name}: {words}"
        for path in sorted((ROOT / "notify_site" / "assets").rglob("*.js"))
        for _quote, words in QUOTED.findall(COMMENT.sub("", path.read_text()))
        if SAYS.fullmatch(words) and words not in NO_WORDS
    }
    assert not said


@pytest.mark.parametrize("words", ["Not sent", "Try again.", "Closed", "${count} files", "At most ${most} files"])
def test_a_script_that_says_something_would_be_found(words):
    assert SAYS.fullmatch(words)
