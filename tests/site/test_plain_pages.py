"""What one reads when something may not be, is not there, broke, or was guessed at too often."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

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
