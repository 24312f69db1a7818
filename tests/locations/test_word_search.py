"""Clients are found by the words of their names, the newest first, wherever in the table they are."""

import pytest

from locations.models import Client
from locations.search.words import MOST, NEWEST, rows_found
from tests.makers import make_client

pytestmark = pytest.mark.django_db


def test_a_name_is_found_however_many_clients_came_since():
    client = make_client(name="Żółkiewska Anna")
    Client.objects.bulk_create([Client(name=f"Jan {number}") for number in range(NEWEST + 1)], batch_size=5000)
    newer = make_client(name="Zolkiewska Ewa")
    assert rows_found("locations_client", "zolkiew") == [newer.pk, client.pk]
    assert rows_found("locations_client", "anna zolkiew") == [client.pk]
    assert rows_found("locations_client", "jan") == list(
        Client.objects.filter(name__startswith="Jan").order_by("-pk").values_list("pk", flat=True)[:MOST]
    )
