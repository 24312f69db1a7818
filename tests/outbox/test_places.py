"""Real workers: a task that fails, or a provider that does not answer, holds up no import."""

import datetime
import socket
import time

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.tasks import async_task

from messaging.gateways import polling
from orders.imports.models import Import, ImportState
from tests.imports.sending import table, upload
from tests.makers import make_gateway, make_stages, make_user
from tests.processes import Site, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MAILBOXES = 6
SOON = 15  # seconds on a busy machine; what stood in the way took 40 to 180


def start_worker(site: Site) -> None:
    site.start("qcluster")
    async_task("math.sqrt", 4, task_name="first")
    wait_until(lambda: not OrmQ.objects.exists(), "the worker works")


def upload_as_manager(client: Client) -> Import:
    make_stages()
    client.force_login(make_user("Manager"))
    return upload(client, table({}), check=False)


def is_checked(run: Import) -> bool:
    return Import.objects.get(pk=run.pk).state == ImportState.CHECKED


def test_a_task_that_raises_gives_its_place_back_at_once_and_is_tried_again_soon(site: Site, client: Client):
    start_worker(site)
    for number in range(3):
        async_task("math.sqrt", -1, task_name=f"bad {number}")
    began = time.monotonic()
    wait_until(lambda: Task.objects.filter(success=False).count() == 3, "all three were tried", SOON)
    run = upload_as_manager(client)
    wait_until(lambda: is_checked(run), "the import is checked", SOON)
    assert time.monotonic() - began < 2 * SOON
    wait_until(lambda: OrmQ.objects.count() == 3, "the import's tasks are gone", SOON)
    later = OrmQ.objects.values_list("lock", flat=True)
    assert max(later) - timezone.now() < datetime.timedelta(minutes=1)
    wait_until(lambda: Task.objects.filter(attempt_count=2).count() == 3, "each was tried again", 40)


def test_mailboxes_that_do_not_answer_hold_up_no_import(site: Site, client: Client):
    with socket.create_server(("127.0.0.1", 0), backlog=MAILBOXES) as deaf:
        port = str(deaf.getsockname()[1])
        mailbox = {"imap_host": "127.0.0.1", "imap_port": port, "imap_security": "none"}
        sending = {"host": "127.0.0.1", "port": "9", "security": "none", "sender": "orders@shop.example"}
        login = {"imap_username": "a", "imap_password": "b"}
        for _mailbox in range(MAILBOXES):
            make_gateway("smtp", config=sending | mailbox | login)
        start_worker(site)
        polling.arrange_polls()
        deaf.settimeout(30)
        connection, _address = deaf.accept()  # one of them is being asked
        run = upload_as_manager(client)
        wait_until(lambda: is_checked(run), "the import is checked", SOON)
        connection.close()
