"""Two people at one order: whoever posts an old page takes nothing back (on both databases)."""

import threading
from functools import partial

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from orders.models import Order, Stage, StageChange
from tests.makers import make_order, make_stages, make_user
from tests.site.pages import ShownForm

pytestmark = pytest.mark.django_db(transaction=True)


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def run_together(*jobs) -> None:
    """Each in a thread with a database connection of its own, begun at the same moment."""
    start = threading.Barrier(len(jobs))
    failures = []

    def run(job):
        try:
            start.wait()
            job()
        except Exception as failure:  # noqa: BLE001 it is raised again below, in the test's own thread
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_a_form_saved_while_the_order_is_moved_keeps_the_move():
    make_user(username="alice", is_superuser=True)
    alice = get_user_model().objects.get(username="alice")
    order, ready = make_order(), make_stages()["ready"]
    url = f"/admin/orders/order/{order.pk}/change/"
    editor, mover = browser(alice), browser(alice)
    fields = ShownForm(editor.get(url).content.decode()).fields | {"comment": "by the door", "_save": "Save"}
    answers = []
    run_together(
        lambda: answers.append(editor.post(url, fields)),
        lambda: answers.append(mover.post(url.replace("change", "move"), {"stage": ready.pk})),
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    order.refresh_from_db()
    assert (order.stage, order.comment) == (ready, "by the door")
    assert StageChange.objects.filter(order=order).count() == 2


def test_the_same_button_pressed_by_two_people_moves_once():
    alice = make_user(username="alice", is_superuser=True)
    order, ready = make_order(), make_stages()["ready"]
    url = f"/admin/orders/order/{order.pk}/move/"
    run_together(*[partial(browser(alice).post, url, {"stage": ready.pk}) for _ in range(4)])
    assert Order.objects.get().stage == Stage.objects.get(pk=ready.pk)
    assert StageChange.objects.filter(order=order, to_stage=ready).count() == 1
