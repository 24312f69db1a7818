"""Calls are a channel of their own, with the same numbers as SMS; templates and robots know only what is written."""

import pytest

from locations.consent import record_opt_out, refusals
from locations.models import Channel, Purpose, written_channels
from tests.makers import make_client, make_location

pytestmark = pytest.mark.django_db
PHONE = "+48501234567"


def test_who_wants_no_calls_still_gets_sms():
    client = make_client()
    make_location(client, phone=PHONE, email="alice@example.com")
    record_opt_out(client, Channel.VOICE, Purpose.SERVICE, "by phone")
    pair = (None, PHONE)
    assert refusals([pair], Channel.VOICE, Purpose.SERVICE) == {
        pair: "The address does not want such messages (Call, service)."
    }
    assert refusals([pair], Channel.SMS, Purpose.SERVICE) == {}


def test_templates_and_robots_are_written():
    assert written_channels() == [("sms", "SMS"), ("email", "E-mail")]
