"""The sandbox's phone numbers choose outcomes, in the form of any country."""

import pytest
from django.utils import timezone

from messaging.gateways.adapters import Accepted, Fault, NotFound, Parcel, Refused, Unknown
from messaging.gateways.adapters.sandbox import SandboxPhone
from messaging.gateways.models import SandboxDelivery

pytestmark = pytest.mark.django_db


def make_parcel(to: str) -> Parcel:
    return Parcel(key="7b0c7d4e-0d55-4a3e-9d0e-2f0f3a1b2c3d", channel="sms", to=to, body="Hello")


def deliver(to: str) -> Accepted | Refused | Unknown:
    return SandboxPhone({}, 10).deliver(make_parcel(to))


@pytest.mark.parametrize("to", ["+48501234567", "+79161234567", "+380671234567"])
def test_an_ordinary_number_gets_its_message_at_once(to):
    outcome = deliver(to)
    assert isinstance(outcome, Accepted)
    assert outcome.is_delivered
    assert SandboxDelivery.objects.get().is_shown


@pytest.mark.parametrize("country", ["+48501", "+79160", "+380670"])
@pytest.mark.parametrize(
    ("digits", "permanent", "fault"),
    [
        ("000001", True, Fault.RECIPIENT),
        ("000003", True, Fault.US),
        ("000005", False, Fault.PROVIDER),
        ("000009", True, Fault.RECIPIENT),
    ],
)
def test_a_special_number_is_refused(country, digits, permanent, fault):
    outcome = deliver(country + digits)
    assert isinstance(outcome, Refused)
    assert (outcome.permanent, outcome.fault) == (permanent, fault)
    delivery = SandboxDelivery.objects.get()
    assert (delivery.is_shown, delivery.reason) == (False, outcome.reason)


def test_a_special_number_leaves_one_in_doubt():
    assert isinstance(deliver("+48501000006"), Unknown)
    assert SandboxDelivery.objects.get().is_shown


def test_a_look_up_finds_what_the_phone_got():
    phone, parcel = SandboxPhone({}, 10), make_parcel("+48501234567")
    assert phone.look_up_here(parcel, timezone.now()) == NotFound()
    phone.deliver(parcel)
    assert phone.look_up_here(parcel, timezone.now()) == Accepted("sandbox", True)


def test_a_number_that_leaves_one_in_doubt_is_as_silent_when_asked():
    deliver("+48501000006")
    assert isinstance(SandboxPhone({}, 10).look_up_here(make_parcel("+48501000006"), timezone.now()), Unknown)


def test_special_numbers_say_that_they_are_dead_or_do_not_want_messages():
    outcomes = [deliver("+4850100000" + digit) for digit in "1459"]
    assert [(outcome.is_address_dead, outcome.opted_out) for outcome in outcomes] == [
        (True, False),
        (False, True),
        (False, False),
        (True, False),
    ]
