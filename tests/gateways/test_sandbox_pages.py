"""The sandbox's phone and mailbox show what a customer would see, and nothing a customer's text could break."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from messaging.gateways.adapters import Parcel
from messaging.gateways.delivery import hand_over
from messaging.gateways.models import SandboxDelivery
from tests.makers import make_gateway, make_user

pytestmark = pytest.mark.django_db
PHONE, MAILBOX = "/sandbox/", "/sandbox/mail/"
ALICE, BOB = "+48501234567", "+79161234567"


@pytest.fixture
def browser(client: Client) -> Client:
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="view_sandboxdelivery"))
    client.force_login(user)
    return client


def say(to: str, body: str, subject: str = "") -> None:
    """One message through the sandbox."""
    channel = "email" if "@" in to else "sms"
    hand_over(make_gateway(f"sandbox_{channel}"), Parcel(key=KEY, channel=channel, to=to, body=body, subject=subject))


KEY = "7b0c7d4e-0d55-4a3e-9d0e-2f0f3a1b2c3d"


def look(browser: Client, address: str, **headers: str) -> str:
    response = browser.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_each_recipient_has_a_phone_the_newest_first(browser):
    say(ALICE, "Your order is on the way")
    say(BOB, "Заказ в пути")
    page = look(browser, PHONE)
    assert page.index(BOB) < page.index(ALICE)
    assert "Your order is on the way" in page
    say(ALICE, "Enjoy!")
    page = look(browser, PHONE)
    assert page.index(ALICE) < page.index(BOB)
    assert page.count("<section") == 2


@pytest.mark.parametrize("address", [PHONE, MAILBOX])
def test_a_customers_text_is_never_markup(browser, address):
    evil = "<script>alert(1)</script>"
    say(ALICE, evil)
    say("alice@example.com", evil, subject=evil)
    letter = SandboxDelivery.objects.get(channel="email")
    for page in (look(browser, address), look(browser, f"{MAILBOX}?letter={letter.pk}")):
        assert evil not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_what_never_reached_the_customer_is_not_on_the_phone_but_its_reason_is(browser):
    say("+48501000004", "Your order is on the way")
    page = look(browser, PHONE)
    assert "Your order is on the way" not in page
    assert "not delivered" in page
    assert "The recipient has opted out (STOP)." in page


def test_what_is_in_doubt_says_so(browser):
    say("+380670000006", "Your order is on the way")
    assert "in doubt: The provider did not answer in time." in look(browser, PHONE).replace("</span>", "")


def test_a_letter_is_read_beside_the_list(browser):
    say("alice@example.com", "Line one\nLine two", subject="Order A-17")
    letter = SandboxDelivery.objects.get()
    page = look(browser, f"{MAILBOX}?letter={letter.pk}")
    assert '<div class="letter-body">Line one\nLine two</div>' in page
    assert page.count("Order A-17") == 3  # in the list, above the letter, in the subject of a reply


@pytest.mark.parametrize("letter", ["999", "x", "", "9" * 30])
def test_a_letter_that_is_gone_leaves_the_list(browser, letter):
    say("alice@example.com", "Hello", subject="Order A-17")
    assert "Choose a letter" in look(browser, f"{MAILBOX}?letter={letter}")


@pytest.mark.parametrize(("address", "to"), [(PHONE, ALICE), (MAILBOX, "alice@example.com")])
def test_it_asks_for_news_and_stays_still_while_there_are_none(browser, address, to):
    say(to, "First")
    seen = SandboxDelivery.objects.latest("id").pk
    quiet = browser.get(f"{address}?seen={seen}", headers={"HX-Request": "true"})
    assert (quiet.status_code, quiet.content) == (204, b"")
    say(to, "Second")
    news = look(browser, f"{address}?seen={seen}", **{"HX-Request": "true"})
    assert "Second" in news
    assert "<html" not in news


def test_phones_are_cut_into_pages(browser):
    SandboxDelivery.objects.bulk_create(
        SandboxDelivery(channel="sms", to=f"+4850100{number:04}", body="Hello") for number in range(1000, 1030)
    )
    first, third = look(browser, PHONE), look(browser, f"{PHONE}?page=3")
    assert (first.count("<section"), third.count("<section")) == (12, 6)
    assert "+48501001029" in first
    assert "+48501001000" in third
    assert look(browser, f"{PHONE}?page=x").count("<section") == 12


def test_a_phone_shows_its_newest_messages_only(browser):
    SandboxDelivery.objects.bulk_create(
        SandboxDelivery(channel="sms", to=ALICE, body=f"text {number};") for number in range(40)
    )
    page = look(browser, PHONE)
    assert page.count('class="bubble"') == 30
    assert "text 39;" in page
    assert "text 9;" not in page


def test_special_numbers_exist_in_each_countrys_form(browser):
    page = look(browser, PHONE)
    for number in ("+48 501 000 004", "+7 916 000-00-04", "+380 67 000 0004"):
        assert number in page
    assert "bounce@example.com" in look(browser, MAILBOX)


def test_an_empty_sandbox_teaches(client):
    client.force_login(make_user(is_superuser=True))
    assert "No SMS has come yet" in look(client, PHONE)
    assert "/admin/gateways/gateway/add/?adapter=sandbox_email" in look(client, MAILBOX)


@pytest.mark.parametrize("address", [PHONE, MAILBOX])
def test_it_is_for_those_who_may_look(client, address):
    assert client.get(address).status_code == 302
    client.force_login(make_user())
    assert client.get(address).status_code == 403
