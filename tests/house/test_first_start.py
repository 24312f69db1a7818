"""The first start makes a login once, for its owner's eyes only."""

import stat

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from notify_site.first_login import login_words
from tests.makers import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.DEMO = False


def password(settings) -> str:
    return (settings.DATA_DIR / "password").read_text().strip()


def test_it_makes_a_login_that_works(settings, client: Client):
    call_command("first_start")
    answer = client.post("/admin/login/?next=/admin/", {"username": "admin", "password": password(settings)})
    assert answer["Location"] == "/admin/"
    assert password(settings) in login_words()


def test_nobody_else_can_read_the_password(settings):
    call_command("first_start")
    assert stat.S_IMODE((settings.DATA_DIR / "password").stat().st_mode) == 0o600


def test_it_keeps_the_password_at_the_next_start(settings):
    call_command("first_start")
    before = password(settings)
    call_command("first_start")
    assert password(settings) == before
    assert get_user_model().objects.count() == 1


def test_it_makes_none_where_somebody_may_do_everything(settings):
    make_user(username="maria", is_superuser=True)
    call_command("first_start")
    assert not (settings.DATA_DIR / "password").exists()
    assert "you chose" in login_words()


def test_a_changed_password_is_not_shown(settings):
    call_command("first_start")
    user = get_user_model().objects.get()
    user.set_password("my own")
    user.save()
    assert password(settings) not in login_words()
