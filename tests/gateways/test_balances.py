"""What is left on an account is shown, and everybody is told when it runs low."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from messaging.gateways.balances import refresh, refresh_all
from messaging.gateways.models import Gateway
from tests.gateways.serwersms_server import SerwerSmsServer
from tests.gateways.smsapi_server import SmsApiServer
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/gateways/gateway/"


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_user(is_superuser=True))
    return client


@pytest.mark.parametrize(
    ("adapter", "server", "balance", "currency"),
    [
        ("twilio_sms", TwilioServer, "12.34", "USD"),
        ("smsapi", SmsApiServer, "100.5", "points"),
        ("serwersms", SerwerSmsServer, "250", "SMS"),
    ],
)
def test_it_is_asked_for_in_a_task(adapter, server, balance, currency):
    with server() as running:
        gateway = make_gateway(adapter, config=running.config())
        refresh(gateway.pk)
    gateway.refresh_from_db()
    assert (gateway.balance, gateway.balance_currency) == (Decimal(balance), currency)
    assert gateway.balance_at is not None


def test_it_stays_as_it_was_when_nobody_answers(settings):
    gateway = make_gateway("smsapi", config=SmsApiServer().config(base_url="http://127.0.0.1:9"), balance=5)
    refresh(gateway.pk)
    settings.CREDENTIALS_KEYS = ["another key"]
    refresh(gateway.pk)
    gateway.refresh_from_db()
    assert gateway.balance == 5


def test_each_account_that_tells_its_balance_is_asked_in_a_task_of_its_own():
    told = [make_gateway("smsapi", config=SmsApiServer().config()), make_gateway("serwersms", config={"token": "t"})]
    make_gateway("smsapi", config=SmsApiServer().config(), is_on=False)
    make_gateway("sandbox_sms")
    refresh_all()
    assert {SignedPackage.loads(task.payload)["args"] for task in OrmQ.objects.all()} == {(one.pk,) for one in told}


def test_a_check_by_hand_notes_it_at_once(browser):
    with SmsApiServer(points=3) as server:
        gateway = make_gateway("smsapi", config=server.config())
        page = browser.post(reverse("admin:gateways_gateway_check", args=[gateway.pk]), follow=True).content.decode()
    assert "SMSAPI knows the account; it has 3 points." in page
    assert Gateway.objects.get().balance == 3


@pytest.mark.parametrize(
    ("balance", "low", "word", "sentence"),
    [
        ("12.3400", None, "", ""),
        ("12.3400", 5, "", ""),
        ("4.9900", 5, "low", "runs low: 4.99 USD left."),
        ("0", None, "empty", "is empty: the provider takes no more messages."),
        ("-1", None, "empty", "is empty: the provider takes no more messages."),
    ],
)
def test_the_list_shows_it_and_every_page_warns_when_it_is_low(browser, balance, low, word, sentence):
    make_gateway("smsapi", config={"token": "t"}, balance=balance, balance_currency="USD", low_balance=low)
    page = browser.get(LIST).content.decode()
    assert f"{Decimal(balance):.2f} USD".replace(".00", "") in page
    assert [shown for shown in ("low", "empty") if f">{shown}</span>" in page] == [word] * bool(word)
    assert ("runs low" in page, "is empty" in page) == (word == "low", word == "empty")
    assert sentence in page


def test_a_gateway_that_is_off_warns_of_nothing(browser):
    make_gateway("smsapi", config={"token": "t"}, balance=0, is_on=False)
    assert "is empty" not in browser.get(LIST).content.decode()


def test_the_limit_of_the_warning_is_asked_for_only_where_a_balance_is_told(browser):
    assert "low_balance" in browser.get(f"{LIST}add/?adapter=smsapi").content.decode()
    assert "low_balance" not in browser.get(f"{LIST}add/?adapter=smtp").content.decode()
