"""Odd words in the addresses of staff's pages are answered in a sentence."""

import pytest

from tests.makers import make_user

pytestmark = pytest.mark.django_db
HUGE, LONG = "9" * 25, "9" * 5000


@pytest.fixture
def browser(client):
    client.force_login(make_user(is_superuser=True))
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    "address",
    [
        f"/admin/gateways/hookevent/?body={HUGE}",
        f"/admin/locations/employee/add/?user={LONG}",
        f"/admin/locations/location/add/?zone={LONG}",
        f"/admin/orders/order/{LONG}/change/",
        "/admin/outbox/message/?created_at__gte=…T00:00",
        "/admin/orders/order/?q=a%00b",
    ],
)
def test_no_page_breaks(browser, address):
    assert browser.get(address).status_code < 500
