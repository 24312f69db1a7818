"""A refusal from before refusals were kept for each address holds for the addresses of old orders and places too."""

import pytest

from locations.models import Consent, Suppression
from locations.values.reasons import in_words
from tests.makers import make_client, make_gateway, make_location, make_order, make_robot, make_stages, make_user
from tests.migrated import run_again
from tests.running_worker import received, run_worker
from tests.site.pages import faults, save

pytestmark = pytest.mark.django_db
OLD = "0009_old_refusals"
BY_PHONE = in_words("by phone")
OF_ORDER, OF_PLACE, OF_CARD = "+48601000001", "+48601000002", "+48601000003"


@pytest.fixture
def boss(client):
    make_gateway()
    client.force_login(make_user(username="alice", is_superuser=True))
    return client


@pytest.fixture
def anna():
    anna = make_client(name="Anna Kos")
    anna.contact_points.create(kind="phone", value=OF_CARD)
    place = make_location(anna, phone=OF_PLACE, email="Place@example.com")
    make_order(place, contact_phone=OF_ORDER, contact_email="order@example.com")
    return anna


def refused(client, channel="sms", purpose="service", is_given=False):
    """As it was written once: for the client alone."""
    Consent.objects.create(client=client, channel=channel, purpose=purpose, is_given=is_given, source=BY_PHONE)


@pytest.mark.parametrize("number", [OF_ORDER, OF_PLACE, OF_CARD])
def test_the_next_order_with_the_number_under_another_name_tells_nobody(boss, anna, number):
    refused(anna)
    run_again("orders", OLD)
    make_robot(make_stages()["new"])
    fields = {"number": "S-1", "client_name": "A. Koss", "address": "Far 1", "contact_phone": number}
    assert not faults(save(boss, "/admin/orders/order/add/", **fields))
    run_worker()
    assert received() == []


def test_each_channel_and_purpose_is_its_own(anna):
    refused(anna, "email", "advertising")
    refused(anna, "sms", "service", is_given=True)
    refused(make_client(), "chat")
    run_again("orders", OLD)
    assert set(Suppression.objects.values_list("address", "channel", "purpose", "reason")) == {
        ("place@example.com", "email", "advertising", BY_PHONE),
        ("order@example.com", "email", "advertising", BY_PHONE),
    }


def test_it_asks_few_questions_and_again_does_no_harm(anna, django_assert_max_num_queries):
    for _one in range(200):
        client = make_client()
        client.contact_points.create(kind="phone", value=f"+4850{client.pk:07d}")
        refused(client)
    refused(anna)
    with django_assert_max_num_queries(20):
        run_again("orders", OLD)
    count = Suppression.objects.count()
    run_again("orders", OLD)
    assert Suppression.objects.count() == count == 203
