"""Alice may import and is logged in."""

import pytest

from tests.makers import make_stages, make_user


@pytest.fixture
def alice(db):
    make_stages()
    return make_user("Manager", username="alice")


@pytest.fixture
def page(client, alice):
    client.force_login(alice)
    return client
