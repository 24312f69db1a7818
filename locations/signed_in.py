"""Who asks: the pages of staff stand behind a login, so that a request of theirs has a user."""

from django.contrib.auth.models import User
from django.http import HttpRequest


def signed_in(request: HttpRequest) -> User:
    """The user behind a request to a page that only who is signed in reaches."""
    assert isinstance(request.user, User)
    return request.user
