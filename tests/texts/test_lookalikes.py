"""Texts pasted from other products: what only looks like a placeholder is pointed out before a customer reads it."""

from pathlib import Path

import pytest
from django.urls import reverse

from messaging.texts.models import MessageTemplate, TemplateText
from messaging.texts.rendering import convert
from tests.makers import make_template, make_user
from tests.texts.test_template_editor import filled, page_of, save
from tests.texts.test_template_preview import preview, seen

pytestmark = pytest.mark.django_db
PASTED = {
    number: text
    for number, _use, text in (
        line.split("|", 2) for line in (Path(__file__).parent / "texts_to_paste.txt").read_text("utf-8").splitlines()
    )
}
WARNED = ["03", "04", "05", "07", "08", "09", "10", "12", "14", "18"]
REFUSED = ["02", "11", "13", "15", "16", "17", "19"]
TAKEN = ["01", "06", "20", "21", "22"]
MEANT = {"07": "{dear}", "08": "{patronymic}", "09": "{first_name} {patronymic}"}


@pytest.fixture
def manager(client):
    client.force_login(make_user(is_superuser=True))
    return client


def test_every_pasted_text_has_its_verdict():
    assert sorted([*WARNED, *REFUSED, *TAKEN]) == sorted(PASTED)


@pytest.mark.parametrize("number", WARNED)
def test_it_warns_once_and_takes_the_words_when_they_come_again(manager, number):
    fields = {"email_pl_subject": "Hej", "email_pl_body": PASTED[number]}
    meant = MEANT.get(number, "{order_number}")
    assert f"Did you mean {meant}?" in seen(preview(manager, "email", "pl", body=PASTED[number]))
    answer = manager.post(reverse("admin:texts_messagetemplate_add"), filled(**fields))
    assert any(f"Did you mean {meant}?" in str(words) for words in answer.context["errors"])
    assert not MessageTemplate.objects.exists()
    (slot,) = [slot for slot in answer.context["slots"] if slot.key == "email_pl"]
    assert f'name="email_pl_warned" value="{slot.warned}"' in answer.content.decode()
    assert "Did you mean" in save(
        manager, **{**fields, "email_pl_body": PASTED[number] + "!"}, email_pl_warned=slot.warned
    )
    assert save(manager, **fields, email_pl_warned=slot.warned) is None
    assert TemplateText.objects.get().body == convert(PASTED[number])


@pytest.mark.parametrize("number", REFUSED)
def test_what_cannot_be_sent_is_refused_as_ever(manager, number):
    assert save(manager, email_pl_subject="Hej", email_pl_body=PASTED[number])
    assert not TemplateText.objects.exists()


@pytest.mark.parametrize("number", TAKEN)
def test_good_words_are_taken_without_a_word(manager, number):
    assert "Did you mean" not in seen(preview(manager, body=PASTED[number]))
    assert save(manager, email_pl_subject="Hej", email_pl_body=PASTED[number]) is None


def test_a_subject_is_looked_at_too(manager):
    assert "Did you mean {order_number}?" in save(manager, email_pl_subject="%order_number%", email_pl_body="Hej")


def test_words_that_nobody_changed_ask_nothing(manager):
    template = make_template("Order [order_number]")
    assert save(manager, template, sms_en_body="Order [order_number]", name="Renamed") is None
    assert "Did you mean {order_number}?" in manager.get(page_of(template)).content.decode()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("#ORDER_ID#", "{order_number}"),
        ("#ORDERID#", "{order_number}"),
        ("%NUMBER%", "{order_number}"),
        ("{{ order }}", "{order_number}"),
        ("{{ order.id }}", "{order_number}"),
        ("{{customer.first_name}}", "{first_name}"),
        ("[phone]", "{department_phone}"),
        ("[KWOTA]", "{total}"),
        ("%ИМЯ%", "{first_name}"),
        ("$orderId", "{order_number}"),
        ("[shipping_address]", "{address}"),
        ("#imie#", "{first_name}"),
    ],
)
def test_what_another_product_calls_otherwise_is_told_in_our_words(manager, written, meant):
    assert f"Did you mean {meant}?" in save(manager, email_pl_subject="Hej", email_pl_body=f"Hej {written}!")


@pytest.mark.parametrize(
    ("written", "meant"), [("{order_id}", "{order_number}"), ("{number}", "{order_number}"), ("{kwota}", "{total}")]
)
def test_an_unknown_one_in_our_own_braces_is_refused_with_the_closest(manager, written, meant):
    assert f"Did you mean {meant}?" in save(manager, sms_pl_body=f"Hej {written}!")


def test_what_only_programs_write_is_pointed_out_though_we_have_nothing_of_the_kind(manager):
    assert "“#LOYALTY_TIER#” is sent to the customer as it stands." in save(manager, sms_pl_body="#LOYALTY_TIER#")


@pytest.mark.parametrize(
    "words", ["Czas 12:30", "<b>Uwaga</b>", "[ok] 50% #1# $5", "a: b: c", "«Ромашка» ждёт", "«Заказ» [Pizza]"]
)
def test_ordinary_signs_are_no_placeholders(manager, words):
    assert save(manager, sms_pl_body=words) is None


def test_long_words_are_looked_through_at_once(manager):
    for words in (":a" * 10_000, "{{a" * 6000, ": a: " * 4000, "[a " * 6000):
        assert preview(manager, "email", "en", body=words).status_code == 200
