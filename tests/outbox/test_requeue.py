"""The way back into the queue and a stop, at the same time, many at once: neither misses or blocks the other."""

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from locations.values.reasons import in_words
from messaging.gateways.adapters import Fault, Refused
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import cancel, queue_messages
from messaging.outbox.queue.claiming import claim_messages
from messaging.outbox.sending.recording import Result, apply, store
from messaging.outbox.states import MessageState
from tests.makers import make_gateway

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 60
ROUNDS = 8
STOPPED = in_words("Stopped.")
BUSY = Refused(in_words("The provider is busy."), False, Fault.PROVIDER, "503", retry_after=1)


def side_by_side(*works: Callable[[], object]) -> list[DatabaseError]:
    """Run them in threads that begin together; what they raised."""
    raised: list[DatabaseError] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        start.wait()
        try:
            with transaction.atomic():
                work()
        except DatabaseError as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def test_answers_to_many_and_a_stop_of_all_never_wait_for_each_other_in_a_circle():
    make_gateway("sandbox_sms")
    for _round in range(ROUNDS):
        queued = queue_messages([Message(channel="sms", to=f"+48501{123_000 + n}", body="Hello") for n in range(COUNT)])
        mine = Message.objects.filter(pk__in=[message.pk for message in queued])
        owner = uuid.uuid4()
        with transaction.atomic():
            taken = claim_messages(owner, lambda *_: COUNT, COUNT, timezone.now())
        assert len(taken) == COUNT
        results = [Result(message, BUSY, timezone.now(), 5) for message in reversed(taken)]
        for result in results:
            apply(result.message, result.outcome)

        raised = side_by_side(
            lambda results=results, owner=owner: store(results, owner),
            lambda mine=mine: cancel(mine.order_by("-pk"), STOPPED),
        )
        assert raised == []
        assert set(mine.values_list("state", "reason")) == {(MessageState.CANCELLED, STOPPED)}
