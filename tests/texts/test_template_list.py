"""The list of templates: what each says and who uses it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from locations.models import Channel
from messaging.texts.models import TemplateText
from tests.makers import make_robot, make_template, make_user

pytestmark = pytest.mark.django_db
LIST = "admin:texts_messagetemplate_changelist"


@pytest.fixture
def manager(client):
    client.force_login(make_user(is_superuser=True))
    return client


def page(client, **query):
    return client.get(reverse(LIST), query).content.decode()


def test_it_shows_words_languages_and_users(manager):
    template = make_template("Old words", name="Ready")
    TemplateText.objects.create(template=template, channel=Channel.SMS, language="en", body="Your order\nis ready")
    TemplateText.objects.create(template=template, channel=Channel.EMAIL, language="pl", subject="s", body="List")
    make_robot(template=template)
    make_robot(template=template)
    shown = page(manager)
    assert "Your order is ready" in shown
    assert "Old words" not in shown
    assert "SMS: English" in shown
    assert "E-mail: Polish" in shown
    assert "robots: 2" in shown


def test_it_says_that_nobody_uses_a_template(manager):
    make_template()
    assert "nobody yet" in page(manager)


def test_it_finds_templates_by_their_words(manager):
    make_template("about pizza", name="First")
    make_template("about water", name="Second")
    shown = page(manager, q="pizza")
    assert "First" in shown
    assert "Second" not in shown


def test_it_asks_as_many_queries_for_many_templates_as_for_one(manager):
    make_robot()
    with CaptureQueriesContext(connection) as for_one:
        page(manager)
    for _number in range(10):
        make_robot()
    with CaptureQueriesContext(connection) as for_many:
        page(manager)
    assert len(for_many) == len(for_one)
