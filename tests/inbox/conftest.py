"""Who is there in most tests of the chat: Ola answers, Anna asks. A file that needs others makes its own."""

import pytest

from tests.inbox.makers import client_writes, make_conversation
from tests.makers import make_client, make_user


@pytest.fixture
def ola(client):
    user = make_user("Operator", username="ola", first_name="Ola")
    client.force_login(user)
    return user


@pytest.fixture
def anna():
    return make_client(name="Anna Kowalska", first_name="Anna")


@pytest.fixture
def asked(anna):
    return client_writes(make_conversation(anna), "When does it come?")
