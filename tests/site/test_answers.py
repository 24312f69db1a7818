"""What goes with each answer: who may keep it, what may run, how it is packed; and who may not guess passwords."""

import gzip

import pytest
import time_machine
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from notify_site.serving import retention
from notify_site.web.guessing import MOST
from tests.inbox.makers import logged_in, switch_on
from tests.makers import make_gateway, make_order, make_stages, make_user

pytestmark = pytest.mark.django_db
PAGES = ["/admin/", "/admin/orders/order/", "/inbox/", "/sandbox/", "/sandbox/mail/"]


@pytest.mark.parametrize("address", [*PAGES, "/admin/login/", "/healthz", "/nowhere/", "/api/v1/chat/messages"])
def test_nobody_keeps_what_we_answer(address: str):
    for browser in (Client(), logged_in(make_user(is_superuser=True))):
        assert "no-store" in browser.get(address)["Cache-Control"]


@pytest.mark.parametrize("address", [*PAGES, "/admin/login/"])
def test_no_foreign_script_runs_on_staffs_pages(address: str):
    answer = logged_in(make_user(is_superuser=True)).get(address, follow=True)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["Content-Security-Policy-Report-Only"] == "script-src 'self'"


@pytest.mark.parametrize("address", ["/nowhere/", "/healthz"])
def test_no_script_runs_on_plain_pages(client: Client, address: str):
    assert client.get(address)["Content-Security-Policy"].startswith("default-src 'none'")


def packed(address: str, browser: Client) -> str:
    return browser.get(address, headers={"accept-encoding": "gzip, br"}).get("Content-Encoding", "")


def test_staffs_pages_are_packed_and_say_the_same():
    browser = logged_in(make_user(is_superuser=True))
    make_order(number="A-77")
    plain = browser.get("/admin/orders/order/")
    answer = browser.get("/admin/orders/order/", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert "Accept-Encoding" in plain["Vary"]
    assert len(answer.content) < len(plain.content) / 4
    assert int(answer["Content-Length"]) == len(answer.content)
    assert "A-77" in gzip.decompress(answer.content).decode()


def test_pages_with_a_secret_and_clients_pages_are_not_packed():
    browser = logged_in(make_user(is_superuser=True))
    switch_on()
    gateway = make_gateway("smsapi", config={"token": "x"})
    assert packed("/admin/", browser) == "gzip"
    for address in (f"/admin/gateways/gateway/{gateway.pk}/change/", "/admin/inbox/chatsettings/1/change/", "/chat/"):
        assert packed(address, browser) == "", address


def log_in(name: str, password: str = "wrong", place: str = "203.0.113.7") -> int:
    fields = {"username": name, "password": password}
    return Client().post("/admin/login/", fields, REMOTE_ADDR=place).status_code


def test_who_tries_the_passwords_of_many_names_is_stopped_for_a_quarter_of_an_hour():
    make_user(username="maria", is_superuser=True)
    assert {log_in(f"name{number}") for number in range(MOST)} == {200}
    assert log_in("one more") == 429
    assert log_in("maria", "secret") == 429
    assert log_in("maria", "secret", "198.51.100.1") == 302
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=16)):
        assert log_in("maria", "secret") == 302


def test_what_is_known_of_logins_goes_after_a_month():
    make_user(username="maria", is_superuser=True)
    with time_machine.travel(timezone.now() - timezone.timedelta(days=60)):
        log_in("nobody")
        log_in("maria", "secret")
    log_in("somebody")
    retention.prune()
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["somebody"]
    assert not AccessLog.objects.exists()
    assert not Session.objects.exists()


def test_a_new_user_has_a_role_from_the_beginning():
    browser = logged_in(make_user("System administrator"))
    role = Group.objects.get(name="Operator")
    page = browser.get("/admin/auth/user/add/").content.decode()
    assert 'name="groups"' in page
    inline = {"employee-TOTAL_FORMS": 0, "employee-INITIAL_FORMS": 0}
    fields = {"username": "anna", "first_name": "Anna", "last_name": "Nowak", "groups": [role.pk]}
    passwords = {"usable_password": "true", "password1": "drei-Kater-42", "password2": "drei-Kater-42"}
    browser.post("/admin/auth/user/add/", fields | passwords | inline)
    anna = User.objects.get(username="anna")
    assert (list(anna.groups.all()), anna.is_staff, anna.first_name) == ([role], True, "Anna")


@pytest.mark.parametrize("role", ["System administrator", "Manager", "Dispatcher", "Seller", "Operator"])
def test_the_dashboard_leads_each_role_only_where_it_may_go(role: str, client: Client):
    import re

    from notify_site.demo.loading import load

    make_stages()
    load()
    client.force_login(make_user(role))
    page = client.get("/admin/").content.decode()
    for link in sorted(set(re.findall(r'href="(/(?:admin|inbox|sandbox)/[^"#]*)"', page)) - {"/admin/logout/"}):
        assert client.get(link.replace("&amp;", "&")).status_code in {200, 302}, link
