"""The editor as people use it: typing, choosing placeholders, putting an earlier version back."""

import re

import pytest
from django.urls import reverse
from playwright import sync_api

from messaging.texts.choosing import texts_for
from messaging.texts.models import TemplateText
from tests.browser import needs_browser, opened
from tests.makers import make_template, make_user

pytestmark = needs_browser


@pytest.fixture(autouse=True)
def maria(client) -> None:
    client.force_login(make_user(is_superuser=True))


def test_it_helps_while_one_writes(live_server, client):
    with opened(live_server, client, reverse("admin:texts_messagetemplate_add")) as page:
        page.fill("#id_name", "Ready")
        page.click("[data-tab=sms_pl]")
        page.click("#id_sms_pl_body")
        page.keyboard.type("Zamówienie {order_n")
        page.keyboard.press("Enter")
        page.keyboard.type(" gotowe, ")
        page.click("[data-insert='{first_name}']")
        preview = page.locator("#preview-sms_pl")
        sync_api.expect(preview.locator(".t-bubble")).to_have_text("Zamówienie A-1042 gotowe, Anna")
        sync_api.expect(preview.locator(".t-dear mark")).to_have_text("ó")
        page.click("button[name=_save]")
        page.wait_for_selector("#result_list")
    assert TemplateText.objects.get().body == "Zamówienie {order_number} gotowe, {first_name}"


def test_it_offers_only_what_the_use_allows(live_server, client):
    with opened(live_server, client, reverse("admin:texts_messagetemplate_add")) as page:
        assert page.is_hidden("[data-insert='{promo_code}']")
        page.select_option("#id_use", "campaign")
        sync_api.expect(page.locator("[data-insert='{promo_code}']")).to_be_visible()
        sync_api.expect(page.locator("[data-insert='{order_number}']")).to_be_hidden()


def test_it_puts_an_earlier_version_back(live_server, client):
    template = make_template("first words")
    TemplateText.objects.create(template=template, channel="sms", language="en", body="second words")
    with opened(live_server, client, reverse("admin:texts_messagetemplate_change", args=[template.pk])) as page:
        page.click("#text-sms_en summary")
        page.click("#text-sms_en [data-restore]")
        sync_api.expect(page.locator("#preview-sms_en .t-bubble")).to_have_text("first words")
        page.click("button[name=_save]")
        page.wait_for_selector("#result_list")
    assert texts_for([template.pk])[template.pk, "sms"]["en"].body == "first words"
    assert template.texts.count() == 3


def test_what_was_typed_is_not_lost_by_a_wrong_click(live_server, client):
    template = make_template("first words")
    with opened(live_server, client, reverse("admin:texts_messagetemplate_change", args=[template.pk])) as page:
        asked: list[str] = []

        def stay(dialog: sync_api.Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.click("#id_sms_en_body")
        page.keyboard.type("half a thought ")
        page.evaluate("location.href = '/admin/'")
        sync_api.expect(page.locator("#id_sms_en_body")).to_have_value(re.compile("half a thought"))
        assert asked == ["beforeunload"]
        page.click("button[name=_save]")
        page.wait_for_selector("#result_list")
        assert asked == ["beforeunload"]
    assert "half a thought" in texts_for([template.pk])[template.pk, "sms"]["en"].body
