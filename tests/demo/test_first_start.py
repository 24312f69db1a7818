"""The first start of a fresh installation, in real processes: messages arrive without any further step."""

import pytest

from messaging.gateways.models import SandboxDelivery
from orders.models import Order
from tests.processes import Site, wait_until

pytestmark = pytest.mark.slow


def test_five_messages_stand_in_the_sandbox_phone_two_minutes_after_the_address_is_printed(site: Site):
    assert site.run("first_start").returncode == 0
    assert not SandboxDelivery.objects.exists()
    site.start("serve")
    wait_until(lambda: "Gonets is at" in site.said(), "the address is printed", seconds=60)
    phone = SandboxDelivery.objects.filter(channel="sms", is_shown=True)
    wait_until(lambda: phone.count() >= 5, "five messages in the phone", seconds=120)


def test_without_the_demo_the_first_start_leaves_an_empty_house(site: Site):
    assert site.run("first_start", DEMO="0").returncode == 0
    assert not Order.objects.exists()
