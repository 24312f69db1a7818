"""The admin's pages in a real browser: one can log in, nothing sticks out sideways, no script fails."""

import pytest
from playwright import sync_api

from tests.browser import LAPTOP, PHONE, needs_browser, opened
from tests.makers import make_gateway, make_order, make_robot, make_stages, make_user

pytestmark = needs_browser
LISTS = [
    "/admin/",
    "/admin/orders/order/",
    "/admin/orders/stage/",
    "/admin/locations/client/",
    "/admin/locations/location/",
    "/admin/locations/department/",
    "/admin/outbox/message/",
    "/admin/robots/robot/",
    "/admin/robots/robotrun/",
    "/admin/texts/messagetemplate/",
    "/admin/gateways/gateway/",
    "/admin/imports/import/",
    "/admin/auth/user/",
]
WIDER_THAN_WINDOW = "document.scrollingElement.scrollWidth - window.innerWidth"


def test_one_logs_in_and_is_told_that_the_worker_is_down(live_server, client):
    make_user(username="maria", is_superuser=True)
    with opened(live_server, client, "/admin/") as page:
        page.fill("[name=username]", "maria")
        page.fill("[name=password]", "secret")
        page.click("[type=submit]")
        sync_api.expect(page.get_by_role("alert")).to_contain_text("The worker is not running")


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_no_page_sticks_out_sideways(live_server, client, size):
    stages = make_stages()
    make_gateway()
    make_robot(stages["ready"], name="A robot with quite a long name, as people write them")
    order = make_order(contact_phone="+48501234567", contents="2 pizzas\n" * 5, number="A-1042-very-long-number")
    user = make_user(is_superuser=True)
    client.force_login(user)
    pages = [*LISTS, f"/admin/orders/order/{order.pk}/change/", f"/admin/locations/client/{order.client_id}/change/"]
    wide = {}
    with opened(live_server, client, "/admin/", size) as page:
        for address in pages:
            answer = page.goto(live_server.url + address)
            assert answer.status == 200, address
            if (pixels := page.evaluate(WIDER_THAN_WINDOW)) > 0:
                wide[address] = pixels
    assert not wide
