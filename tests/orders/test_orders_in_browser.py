"""Moving orders as people do it: a button on the order's page, many at once from the list, by keyboard."""

import datetime

import pytest
from django.urls import reverse
from playwright import sync_api

from orders.models import StageChange
from tests.browser import LAPTOP, PHONE, needs_browser, opened
from tests.makers import make_order, make_stages, make_user

pytestmark = needs_browser


@pytest.fixture
def alice(client):
    user = make_user(username="alice", is_superuser=True)
    client.force_login(user)
    return user


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_press_moves_the_order_and_the_time_line_tells_it(live_server, client, transactional_db, alice, size):
    order = make_order()
    with opened(live_server, client, reverse("admin:orders_order_change", args=[order.pk]), size) as page:
        page.get_by_label("Do not notify about this move").first.check()
        page.get_by_role("button", name="Ready", exact=True).click()
        entry = page.locator(".g-entry", has_text="New → Ready")
        sync_api.expect(entry).to_contain_text("alice. The customer was not to be told about this move.")
    assert not StageChange.objects.get(to_stage__kind="ready").notify


def test_many_are_moved_from_the_list(live_server, client, transactional_db, alice):
    ready = make_stages()["ready"]
    orders = [make_order() for _ in range(3)]
    with opened(live_server, client, reverse("admin:orders_order_changelist")) as page:
        for row in page.locator("#result_list input.action-select").all()[:2]:
            row.check()
        page.select_option("[name=action]", f"move_to_stage_{ready.pk}")
        page.get_by_role("button", name="Run").click()
        sync_api.expect(page.get_by_text("2 orders moved to “Ready”.")).to_be_visible()
    assert StageChange.objects.filter(to_stage=ready, order__in=orders, notify=True).count() == 2


def test_one_goes_through_the_list_by_keyboard(live_server, client, transactional_db, alice):
    make_order(number="first")
    make_order(number="second")
    with opened(live_server, client, reverse("admin:orders_order_changelist")) as page:
        page.keyboard.press("?")
        sync_api.expect(page.locator("#g-keys")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        sync_api.expect(page.locator("#id_number")).to_have_value("first")
        page.keyboard.press("Escape")
        page.wait_for_selector("#result_list")
        page.keyboard.press("/")
        page.keyboard.type("second")
        page.keyboard.press("Enter")
        sync_api.expect(page.locator("#result_list tr.data-row")).to_have_count(1)


@pytest.mark.parametrize("way", ["arrow", "save", "browser"])
def test_one_comes_back_to_where_one_was_in_the_list(live_server, client, transactional_db, alice, way):
    stage = make_stages()["new"]
    for number in range(40):
        make_order(number=f"N-{number}")
    narrowed = f"{reverse('admin:orders_order_changelist')}?stage__id__exact={stage.pk}"
    with opened(live_server, client, narrowed) as page:
        row = page.get_by_role("link", name="N-12 ")
        row.scroll_into_view_if_needed()
        place = page.evaluate("window.scrollY")
        assert place > 300
        row.click()
        page.wait_for_selector("#id_number")
        if way == "arrow":
            page.locator("#header-inner a", has_text="arrow_back").click()
        elif way == "save":
            page.get_by_role("button", name="Save", exact=True).click()
        else:
            page.go_back()
        page.wait_for_selector("#result_list")
        page.wait_for_function(f"Math.abs(window.scrollY - {place}) < 150")
        assert f"stage__id__exact={stage.pk}" in page.url


def test_a_robots_form_shows_only_what_its_event_needs(live_server, client, transactional_db, alice):
    with opened(live_server, client, reverse("admin:robots_robot_add")) as page:
        sync_api.expect(page.locator("#id_delay_minutes")).to_be_visible()
        sync_api.expect(page.locator("#id_lead_minutes")).to_be_hidden()
        page.select_option("#id_event", "arrival")
        sync_api.expect(page.locator("#id_lead_minutes")).to_be_visible()
        sync_api.expect(page.locator("#id_delay_minutes")).to_be_hidden()
        sync_api.expect(page.locator("#id_validity_minutes")).to_be_hidden()


def test_who_sits_in_another_zone_finds_the_own_time_by_pointing_at_a_time(
    live_server, client, transactional_db, alice
):
    order = make_order(placed_at=datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC))
    page_of_order = reverse("admin:orders_order_change", args=[order.pk])
    for zone, is_told in (("Asia/Bangkok", True), ("Europe/Warsaw", False)):
        with opened(live_server, client, page_of_order, zone=zone) as page:
            moment = page.locator(".g-entry time").last
            moment.hover()
            own = "your time: " in moment.get_attribute("title")
            assert own is is_told
