"""Why a call had no effect: the list is filtered by it, the call's page says what to do about it."""

from collections import Counter

import pytest
from django.test import Client

from locations.values.reasons import NONE, Reason
from messaging.gateways import reasons
from messaging.gateways.adapters.twilio.errors import OTHER_GATEWAY
from messaging.gateways.models import HookEvent
from tests.makers import make_gateway, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/gateways/hookevent/"


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_user(is_superuser=True))
    return client


def make_call(why: Reason, *, is_unclear: bool = True) -> HookEvent:
    call = {"method": "POST", "url": "https://x/", "body": b"", "handled_at": "2026-03-01T12:00Z"}
    key = str(HookEvent.objects.count())
    return HookEvent.objects.create(gateway=make_gateway(), dedupe_key=key, problem=why, is_unclear=is_unclear, **call)


def listed(browser: Client, query: str) -> dict[str, int]:
    """How many calls of each code the list shows."""
    return dict(Counter(call.problem.code for call in browser.get(f"{LIST}?{query}").context["cl"].result_list))


def test_the_list_is_filtered_by_why_and_offers_what_occurs(browser):
    for status in ("teleported", "dancing"):
        make_call(reasons.UNKNOWN_STATUS(provider="Twilio", status=status).then(reasons.UNKNOWN_MESSAGE()))
    make_call(OTHER_GATEWAY())
    make_call(NONE, is_unclear=False)
    offered = browser.get(LIST).content.decode()
    codes = ("gateways.unknown_status", "twilio.other_gateway", "gateways.unknown_message", "gateways.read_failed")
    assert [f'value="{code}"' in offered for code in codes] == [True, True, False, False]
    assert listed(browser, "reason=gateways.unknown_status") == {"gateways.unknown_status": 2}
    assert listed(browser, "reason=gateways.unknown_message") == {"gateways.unknown_status": 2, OTHER_GATEWAY.code: 1}


def test_all_calls_are_filtered_by_why_too(browser):
    make_call(reasons.UNKNOWN_MESSAGE(), is_unclear=False)
    make_call(reasons.READ_FAILED())
    assert listed(browser, "which=all") == {"gateways.unknown_message": 1, "gateways.read_failed": 1}
    assert listed(browser, "which=all&reason=gateways.unknown_message") == {"gateways.unknown_message": 1}


def test_a_call_says_what_to_do_about_it(browser):
    call = make_call(OTHER_GATEWAY())
    page = browser.get(f"{LIST}{call.pk}/change/").content.decode()
    assert "What to do: Enter the other gateway" in page
