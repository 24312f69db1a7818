"""Who is there in most tests of the chat: Ola answers, Anna asks. A file that needs others makes its own."""

from collections.abc import Callable, Iterator

import pytest

from messaging.gateways import polling
from messaging.gateways.models import Gateway
from messaging.inbox.models import ChatMessage
from tests.gateways.imap_server import ImapServer
from tests.inbox.letterbox import SENDING, read_mailbox
from tests.inbox.makers import client_writes, make_conversation
from tests.makers import make_client, make_gateway, make_user


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


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture
def mailbox(imap: ImapServer) -> Gateway:
    gateway = make_gateway("smtp", config=SENDING | imap.config(), name="Shop's mailbox")
    polling.arrange_polls()
    polling.poll(gateway.pk)
    return gateway


@pytest.fixture
def arrive(imap: ImapServer, mailbox: Gateway) -> Callable[..., list[ChatMessage]]:
    """Letters come, the worker reads them and fetches their files; what clients wrote, the oldest first."""

    def arrive(*letters: bytes) -> list[ChatMessage]:
        for letter in letters:
            imap.put(letter)
        read_mailbox(mailbox)
        return list(ChatMessage.objects.filter(sender="client").order_by("pk"))

    return arrive
