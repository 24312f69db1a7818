"""The sandbox's phone numbers choose outcomes, in the form of any country."""

import pytest

from messaging.gateways.adapters import Accepted, Fault, Parcel, Refused, Unknown
from messaging.gateways.adapters.sandbox import SandboxPhone
from messaging.gateways.models import SandboxDelivery

pytestmark = pytest.mark.django_db


def deliver(to: str) -> Accepted | Refused | Unknown:
    key = "7b0c7d4e-0d55-4a3e-9d0e-2f0f3a1b2c3d"
    return SandboxPhone({}, 10).deliver(Parcel(key=key, channel="sms", to=to, body="Hello"))


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
    assert type(outcome.sentence) is str
    delivery = SandboxDelivery.objects.get()
    assert (delivery.is_shown, delivery.outcome) == (False, outcome.sentence)


def test_a_special_number_leaves_one_in_doubt():
    assert isinstance(deliver("+48501000006"), Unknown)
    assert SandboxDelivery.objects.get().is_shown
