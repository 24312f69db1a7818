"""The editor of a template's words, through the admin's form."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from locations.models import Channel, Company
from messaging.texts.choosing import texts_for
from messaging.texts.models import MessageTemplate, TemplateText, TemplateUse
from tests.makers import make_robot, make_template, make_user

pytestmark = pytest.mark.django_db
ADD = "admin:texts_messagetemplate_add"


@pytest.fixture
def manager(client):
    user = make_user(is_superuser=True, username="Maria")
    client.force_login(user)
    return client


def filled(**fields):
    return {"name": "Ready", "use": "order", "purpose": "service"} | fields


def page_of(template):
    return reverse("admin:texts_messagetemplate_change", args=[template.pk])


def save(client, template=None, **fields):
    """Post the form; the sentences on it when it is refused, None when it was saved."""
    if template:
        fields = {"name": template.name, "use": template.use, "purpose": template.purpose} | fields
    response = client.post(page_of(template) if template else reverse(ADD), filled(**fields))
    if response.status_code == 302:
        return None
    errors = response.context["errors"]
    assert errors, "refused without a word"
    return " ".join(str(sentence) for sentences in errors for sentence in sentences)


def words(template):
    return {
        (channel, language): text.body
        for (_template, channel), texts in texts_for([template.pk]).items()
        for language, text in texts.items()
    }


def test_it_stores_the_words_of_each_channel_and_language(manager):
    assert save(manager, sms_en_body="Order {order_number}", email_pl_subject="Hej", email_pl_body="Raz\r\ndwa") is None
    template = MessageTemplate.objects.get(name="Ready")
    assert words(template) == {(Channel.SMS, "en"): "Order {order_number}", (Channel.EMAIL, "pl"): "Raz\ndwa"}
    letter = template.texts.get(channel=Channel.EMAIL)
    assert (letter.subject, letter.by.username) == ("Hej", "Maria")


def test_it_adds_a_version_and_keeps_the_old_one(manager):
    template = make_template("old words")
    assert save(manager, template, sms_en_body="new words") is None
    assert list(template.texts.order_by("id").values_list("body", flat=True)) == ["old words", "new words"]
    assert "old words" in manager.get(page_of(template)).content.decode()


def test_it_adds_no_version_when_nothing_changed(manager):
    template = make_template("same\nwords")
    assert save(manager, template, sms_en_body="same\r\nwords") is None
    assert template.texts.count() == 1


def test_it_makes_an_earlier_version_the_newest_again(manager):
    template = make_template("first")
    save(manager, template, sms_en_body="second")
    save(manager, template, sms_en_body="first")
    assert words(template) == {(Channel.SMS, "en"): "first"}
    assert template.texts.count() == 3


def test_it_withdraws_an_emptied_text_without_losing_it(manager):
    template = make_template("english")
    save(manager, template, sms_en_body="english", sms_pl_body="po polsku")
    assert save(manager, template, sms_en_body="", sms_pl_body="po polsku") is None
    assert words(template) == {(Channel.SMS, "pl"): "po polsku"}
    assert template.texts.filter(body="english").exists()


def test_it_stores_other_products_spellings_as_ours(manager):
    assert save(manager, sms_pl_body="<<nrZamowienia>> :ID: 12:30:00") is None
    assert TemplateText.objects.get().body == "{order_number} {order_number} 12:30:00"


@pytest.mark.parametrize(("length", "verdict"), [(200, None), (201, "201 characters, and 200 are allowed")])
def test_it_takes_200_characters_of_sms_and_refuses_201(manager, length, verdict):
    said = save(manager, sms_en_body="a" * length)
    assert said == verdict or verdict in said


def test_it_counts_an_sms_as_it_was_written_and_by_the_companys_limit(manager):
    company = Company.current()
    company.max_sms_characters = 10
    company.save()
    assert save(manager, sms_en_body=":ID: :ID:", email_en_subject="s", email_en_body="as long as one likes") is None
    template = MessageTemplate.objects.get()
    assert save(manager, template, sms_en_body="{order_number} {order_number}", sms_pl_body="nowy") is None
    assert "shorten it by 1" in save(manager, template, sms_pl_body="a" * 11)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"sms_en_body": "{order_nubmer}"}, "Did you mean {order_number}?"),
        ({"sms_en_body": "<<kodPromocyjny>>"}, "has no meaning in texts for “Orders”"),
        ({"sms_en_body": "{order_number}", "use": "campaign"}, "has no meaning in texts for “Campaigns”"),
        ({"email_en_subject": "{nope}", "email_en_body": "x"}, "There is no placeholder “{nope}”"),
        ({"email_en_body": "Hello"}, "Write a subject"),
        ({"email_en_subject": "Hello", "sms_en_body": "x"}, "There is a subject but no text"),
        ({}, "There are no words yet"),
        ({"sms_en_body": "   "}, "There are no words yet"),
        ({"email_en_subject": ":ID:" * 40, "email_en_body": "x"}, "The subject is too long"),
        ({"email_en_subject": "s", "email_en_body": "x" * 20_001}, "at most 20000 characters"),
    ],
)
def test_it_refuses_in_words_and_stores_nothing(manager, fields, sentence):
    assert sentence in save(manager, **fields)
    assert not MessageTemplate.objects.exists()
    assert not TemplateText.objects.exists()


def test_it_checks_every_text_again_when_the_use_changes(manager):
    template = make_template("Order {order_number}")
    said = save(manager, template, sms_en_body="Order {order_number}", use="campaign")
    assert "has no meaning in texts for “Campaigns”" in said
    template.refresh_from_db()
    assert template.use == TemplateUse.ORDER


def test_it_keeps_the_words_that_robots_send(manager):
    template = make_template("Order {order_number}")
    make_robot(template=template, name="Tell them")
    assert "“Tell them”" in save(manager, template, sms_en_body="", email_en_subject="s", email_en_body="b")
    assert "“Tell them”" in save(manager, template, sms_en_body="words", use="service")
    assert save(manager, template, sms_en_body="", sms_pl_body="po polsku") is None


def test_it_does_not_put_old_words_over_somebody_elses_new_ones(manager):
    template = make_template("opened")
    opened = template.texts.get()
    TemplateText.objects.create(template=template, channel=Channel.SMS, language="en", body="by another")
    form = {"sms_en_base": opened.pk, "sms_pl_base": 0}
    assert save(manager, template, sms_en_body="opened", sms_pl_body="nowy", **form) is None
    assert words(template) == {(Channel.SMS, "en"): "by another", (Channel.SMS, "pl"): "nowy"}


def test_it_asks_before_replacing_somebody_elses_new_words(manager):
    template = make_template("opened")
    opened = template.texts.get()
    newer = TemplateText.objects.create(template=template, channel=Channel.SMS, language="en", body="by another")
    assert "Somebody changed this text meanwhile" in save(manager, template, sms_en_body="mine", sms_en_base=opened.pk)
    assert save(manager, template, sms_en_body="mine", sms_en_base=newer.pk) is None
    assert words(template) == {(Channel.SMS, "en"): "mine"}


def test_it_shows_what_was_typed_when_it_refuses(manager):
    response = manager.post(reverse(ADD), filled(sms_uk_body="моє {nope}"))
    page = response.content.decode()
    assert "моє {nope}</textarea>" in page
    assert 'data-tab="sms_uk"' in page
    assert response.context["chosen"] == "sms_uk"


def test_it_opens_with_the_words_there_are(manager):
    response = manager.get(page_of(make_template("po polsku", language="pl")))
    assert response.context["chosen"] == "sms_pl"


def test_it_writes_customers_braces_and_tags_as_text(manager):
    template = make_template("<script>alert(1)</script> & {{x}}")
    page = manager.get(page_of(template)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <mark>{</mark>x<mark>}</mark>" in page


def allowed_to(client, *actions):
    user = make_user()
    user.user_permissions.set(
        Permission.objects.filter(codename__in=[f"{action}_messagetemplate" for action in actions])
    )
    client.force_login(user)
    return client


def test_it_lets_viewers_look_only(client):
    template = make_template("words {order_number}")
    viewer = allowed_to(client, "view")
    page = viewer.get(page_of(template))
    assert page.status_code == 200
    assert "words A-1042" in page.content.decode()
    assert "data-restore" not in page.content.decode()
    assert viewer.post(page_of(template), filled(sms_en_body="mine")).status_code == 403
    assert words(template) == {(Channel.SMS, "en"): "words {order_number}"}


def test_it_shows_nothing_to_those_without_permission(client):
    stranger = allowed_to(client)
    assert stranger.get(page_of(make_template())).status_code == 403
    assert stranger.get(reverse("admin:texts_messagetemplate_changelist")).status_code == 403
