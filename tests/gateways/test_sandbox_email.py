"""The sandbox's mailboxes choose outcomes by their names."""

import pytest

from messaging.gateways.adapters import Accepted, Parcel, Refused, Unknown
from messaging.gateways.adapters.sandbox import SandboxMailbox
from messaging.gateways.models import SandboxDelivery

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("mailbox", "kind", "is_shown"),
    [("alice", Accepted, True), ("bounce", Refused, False), ("later", Refused, False), ("silent", Unknown, True)],
)
def test_a_mailbox_chooses_its_outcome(mailbox, kind, is_shown):
    key = "7b0c7d4e-0d55-4a3e-9d0e-2f0f3a1b2c3d"
    parcel = Parcel(key=key, channel="email", to=f"{mailbox}@example.com", subject="Order A-17", body="Hello")
    assert type(SandboxMailbox({}, 10).deliver(parcel)) is kind
    delivery = SandboxDelivery.objects.get()
    assert (delivery.subject, delivery.body, delivery.is_shown) == ("Order A-17", "Hello", is_shown)
