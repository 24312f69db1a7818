"""Which version of the words a customer gets."""

import pytest

from locations.models import Channel
from messaging.texts.choosing import choose, texts_for
from messaging.texts.models import TemplateText
from tests.makers import make_template

pytestmark = pytest.mark.django_db


def add_text(template, body, language="en", channel=Channel.SMS):
    return TemplateText.objects.create(template=template, channel=channel, language=language, body=body)


def test_it_uses_the_newest_version_of_each_channel_and_language(django_assert_num_queries):
    first, second = make_template("old"), make_template("other", Channel.EMAIL)
    add_text(first, "new")
    add_text(first, "po polsku", "pl")
    make_template("not asked for")
    with django_assert_num_queries(1):
        texts = texts_for([first.pk, second.pk])
    assert {key: {language: text.body for language, text in found.items()} for key, found in texts.items()} == {
        (first.pk, Channel.SMS): {"en": "new", "pl": "po polsku"},
        (second.pk, Channel.EMAIL): {"en": "other"},
    }


def test_it_leaves_out_what_was_withdrawn():
    template = make_template("old")
    add_text(template, "")
    assert texts_for([template.pk]) == {}


@pytest.mark.parametrize(
    ("wanted", "language"), [(["pl", "en"], "pl"), (["uk", "ru"], "ru"), (["uk"], "en"), ([], "en")]
)
def test_it_prefers_the_clients_language_and_takes_any_rather_than_none(wanted, language):
    texts = {code: TemplateText(language=code) for code in ("en", "pl", "ru")}
    assert choose(texts, wanted).language == language


def test_it_chooses_nothing_from_nothing():
    assert choose({}, ["en"]) is None
