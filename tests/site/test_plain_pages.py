"""What one reads when something may not be, is not there, broke, or was guessed at too often."""

import logging

import pytest
from django.template.loader import render_to_string
from django.test import Client

from notify_site.serving.logs import ShortRefusals
from tests.makers import make_user

pytestmark = pytest.mark.django_db


def test_what_a_role_may_not_do_is_said_in_words(client):
    client.force_login(make_user("Operator"))
    answer = client.get("/admin/auth/user/")
    assert answer.status_code == 403
    assert "Your role does not allow this" in answer.content.decode()


def test_a_page_that_is_not_there_leads_back(client):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "To the dashboard" in answer.content.decode()


def test_the_page_of_a_broken_server_needs_nothing():
    assert "Something broke" in render_to_string("500.html")


def test_ten_wrong_passwords_close_the_login_for_a_while():
    make_user(username="alice")
    client = Client()
    for _ in range(10):
        answer = client.post("/admin/login/", {"username": "alice", "password": "wrong"})
    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.content.decode()
    assert client.post("/admin/login/", {"username": "alice", "password": "secret"}).status_code == 429


def test_a_refusal_is_one_line_in_the_log_and_a_fault_has_its_traceback(client, caplog):
    client.force_login(make_user("Operator"))
    client.get("/admin/auth/user/")
    refusal = caplog.records[-1]
    ShortRefusals().filter(refusal)
    assert refusal.status_code == 403
    assert not refusal.exc_info
    fault = logging.makeLogRecord({"status_code": 500, "exc_info": (ValueError, ValueError(), None)})
    assert ShortRefusals().filter(fault)
    assert fault.exc_info


def test_right_passwords_forget_the_wrong_ones_before():
    make_user(username="alice")
    client = Client()
    for _ in range(2):
        for _ in range(9):
            client.post("/admin/login/", {"username": "alice", "password": "wrong"})
        assert client.post("/admin/login/", {"username": "alice", "password": "secret"}).status_code == 302
