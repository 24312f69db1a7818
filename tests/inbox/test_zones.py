"""A conversation stands in the zone of its client's last order, whatever becomes of it (D29)."""

import pytest

from locations.models import DeliveryZone
from messaging.inbox.conversations.zones import follow_places
from messaging.inbox.models import Conversation
from messaging.inbox.tasks import look_after
from tests.inbox.makers import client_writes, make_conversation
from tests.makers import make_client, make_location, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def zones():
    return [DeliveryZone.objects.create(name=name) for name in ("North", "South")]


def rows(client, zone):
    return [row.pk for row in client.get(f"/inbox/?zone={zone.pk}").context["listed"].rows]


def test_a_new_order_elsewhere_takes_it_along(client, ola, anna, zones, django_capture_on_commit_callbacks):
    north, south = zones
    make_order(make_location(anna, zone=north))
    conversation = client_writes(make_conversation(anna)).conversation
    assert rows(client, north) == [conversation.pk]
    with django_capture_on_commit_callbacks(execute=True):
        make_order(make_location(anna, zone=south))
    assert (rows(client, north), rows(client, south)) == ([], [conversation.pk])


def test_an_address_that_got_another_zone_takes_it_along_within_a_minute(client, ola, anna, zones):
    north, south = zones
    place = make_location(anna, zone=north)
    make_order(place)
    conversation = client_writes(make_conversation(anna)).conversation
    place.zone = south
    place.save()
    look_after()
    assert rows(client, south) == [conversation.pk]


def test_the_zone_of_nobodys_order_stays_as_it_is(zones):
    conversation = client_writes(make_conversation(make_client())).conversation
    look_after()
    assert Conversation.objects.get(pk=conversation.pk).zone is None


def test_looking_after_zones_asks_no_more_for_more_talks(zones, django_assert_max_num_queries):
    for _person in range(30):
        person = make_client()
        make_order(make_location(person, zone=zones[0]))
        client_writes(make_conversation(person))
    with django_assert_max_num_queries(2):
        assert follow_places() == 0
