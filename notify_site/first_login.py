"""The first login of a fresh installation: user `admin` with a random password, kept in DATA_DIR for its owner only."""

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model

USERNAME = "admin"


def password_path() -> Path:
    return settings.DATA_DIR / "password"


def has_login() -> bool:
    """Whether there is a user who may do everything."""
    return get_user_model().objects.filter(is_superuser=True).exists()


def make_first_login() -> None:
    path = password_path()
    fresh = path.with_name(f".password.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(9) + "\n")
    fresh.replace(path)
    get_user_model().objects.create_superuser(USERNAME, password=path.read_text().strip())


def login_words() -> str:
    """How to log in, in words: the kept password as long as it is the right one."""
    user = get_user_model().objects.filter(username=USERNAME).first()
    path = password_path()
    if user is not None and path.exists() and user.check_password(path.read_text().strip()):
        return f"Login: {USERNAME}   Password: {path.read_text().strip()}   (kept in {path})"
    return "Log in with the name and password you chose."
