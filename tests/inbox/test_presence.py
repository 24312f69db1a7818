"""Operators see who looks at a conversation and who is replying, for half a minute after the last sign."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from messaging.inbox.models import ChatEvent
from tests.inbox.makers import logged_in, make_conversation
from tests.makers import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def address():
    return reverse("inbox_presence", args=[make_conversation().pk])


def test_a_colleague_is_seen_while_there_and_not_oneself(address):
    anna, jan = (make_user("Operator", first_name=name) for name in ("Anna", "Jan"))
    logged_in(anna).post(address, {"state": "viewing"})
    logged_in(anna).post(address, {"state": "replying"})
    seen = logged_in(jan).post(address, {"state": "viewing"}).json()["present"]
    assert seen == [{"user": anna.pk, "name": "Anna", "state": "replying"}]
    assert [one["name"] for one in logged_in(anna).get(address).json()["present"]] == ["Jan"]
    logged_in(anna).post(address, {"state": "gone"})
    assert logged_in(jan).get(address).json()["present"] == []


def test_who_gives_no_sign_is_forgotten(address):
    anna, jan = make_user("Operator"), make_user("Operator")
    logged_in(anna).post(address, {"state": "viewing"})
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=31)):
        assert logged_in(jan).get(address).json()["present"] == []


def test_clients_are_never_told(address):
    logged_in(make_user("Operator")).post(address, {"state": "replying"})
    assert not ChatEvent.objects.get().is_for_client


def test_nonsense_and_strangers_are_refused(address):
    assert logged_in(make_user("Operator")).post(address, {"state": "<b>"}).status_code == 400
    assert logged_in(make_user("Seller")).post(address, {"state": "viewing"}).status_code == 403
    assert not ChatEvent.objects.exists()
