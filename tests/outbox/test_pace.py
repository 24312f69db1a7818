"""A provider that asks to slow down gets its messages slower, and none of them is lost."""

import datetime
import threading
import time
from itertools import pairwise

import pytest
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from locations.values.reasons import in_words
from messaging.gateways.adapters import Fault, Refused
from messaging.gateways.models import Gateway
from messaging.gateways.pace import pace_after
from messaging.outbox.gateway_health.consequences import learn
from messaging.outbox.models import Attempt, Lane, Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.sending.recording import Result
from messaging.outbox.states import MessageState
from messaging.worker.clock import database_now
from messaging.worker.models import DrainSlot
from tests.gateways.twilio_moods import Moods
from tests.gateways.twilio_server import TwilioServer
from tests.makers import make_gateway, make_user
from tests.processes import wait_until
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db(transaction=True)


def queue(count: int, lane: int = Lane.CAMPAIGNS, **fields) -> list[Message]:
    return queue_messages(
        [
            Message(channel="sms", to=f"+48501{123_000 + n}", body=f"Hello {n}", lane=lane, **fields)
            for n in range(count)
        ]
    )


def work_until_sent() -> None:
    """As the dispatcher does: a drain after the other, while anything is queued."""
    while Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING]).exists():
        run_worker()
        time.sleep(0.05)


def most_in_a_second(moments: list[float]) -> int:
    """The largest number of them within any one second."""
    return max(sum(start <= at < start + 1 for at in moments) for start in moments)


def allowed(rate: int) -> float:
    """The rate and one, and what a busy machine adds between a request's turn and its arrival at the provider.

    A bucket that lets bursts through passes it: one had 42 at 30. `python -m benchmarks.pace` counts exactly.
    """
    return (rate + 1) * 1.2


def in_hands(count: int, work) -> None:
    """`count` workers at once, each with its own connection."""

    def hand() -> None:
        try:
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hand) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)


def test_it_loses_nothing_at_a_provider_that_takes_ten_a_second():
    with TwilioServer(moods=Moods(per_second=10), retry_after="1") as twilio:
        gateway = make_gateway("twilio_sms", config=twilio.config())
        queue(110)
        began = time.monotonic()
        worker = threading.Thread(target=in_hands, args=(1, work_until_sent))
        worker.start()
        time.sleep(6)
        (urgent,) = queue(1, Lane.ORDERS, subject="urgent")
        before = len(twilio.messages)
        wait_until(lambda: Message.objects.get(pk=urgent.pk).state == MessageState.SENT, "the order's message went", 20)
        place = next(n for n, form in enumerate(twilio.messages) if form["To"] == urgent.to and n >= before)
        assert place - before <= 20  # two seconds of this provider
        worker.join(240)
    gateway.refresh_from_db()
    assert Message.objects.filter(state=MessageState.SENT).count() == 111
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}
    assert len({form["Body"] + form["To"] for form in twilio.messages}) == len(twilio.messages) - 1
    assert most_in_a_second([at for at in twilio.arrived_at if at > began + 5]) <= allowed(10)
    assert str(gateway.pace_reason) == "Twilio asks to slow down."
    assert gateway.failures_in_row == 0


def test_no_second_has_more_than_the_rate_and_one_over_two_workers(settings):
    settings.DRAIN_SLOTS = 2
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config(), rate_per_second=30)
        queue(100)
        in_hands(2, work_until_sent)
    assert len(twilio.requests) == 100
    assert most_in_a_second(twilio.arrived_at) <= allowed(30)


def test_a_rate_below_one_a_second_is_kept_too():
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config(), rate_per_second=0.8)
        queue(3)
        work_until_sent()
    assert all(later - earlier > 1 for earlier, later in pairwise(twilio.arrived_at))


def test_two_hosts_keep_to_one_rate(site):
    with TwilioServer() as twilio:
        make_gateway("twilio_sms", config=twilio.config(), rate_per_second=20)
        site.start("qcluster", HOST_NAME="a")
        site.start("qcluster", HOST_NAME="b")
        wait_until(lambda: DrainSlot.objects.filter(host__in=["a", "b"]).count() >= 2, "both hosts are there")
        queue(80)
        wait_until(lambda: Message.objects.filter(state=MessageState.SENT).count() == 80, "all are sent")
    assert most_in_a_second(twilio.arrived_at) <= allowed(20)


# --- The pace ---------------------------------------------------------------------------------------------------------


def test_the_pace_comes_back_slowly_and_in_the_end_is_forgotten():
    paces = [pace_after(10, seconds) for seconds in range(0, 340, 10)]
    assert paces[0] == pytest.approx(7)
    assert paces[4] == pytest.approx(10, rel=0.01)
    assert paces[10] == pytest.approx(20, rel=0.02)
    known = [pace for pace in paces if pace is not None]
    assert known == sorted(known)
    assert paces[-1] is None
    assert pace_after(10, -7200) is None  # the clock was set back


def test_it_goes_down_once_for_all_that_were_under_way_and_again_when_told_again():
    gateway = make_gateway("twilio_sms")
    told = Refused(in_words("Slower."), False, Fault.PROVIDER, "429", slows="gateway")

    def tell() -> float:
        with transaction.atomic():
            learn([Result(Message(gateway=gateway, to="+1", channel="sms"), told, timezone.now(), 1)], timezone.now())
        gateway.refresh_from_db()
        return gateway.pace_at(gateway.paced_at)

    Gateway.objects.update(rate_per_second=30)
    gateway.refresh_from_db()
    first = tell()
    assert tell() == first
    Gateway.objects.update(paced_at=database_now() - datetime.timedelta(seconds=5))
    gateway.refresh_from_db()
    assert tell() < first
    for _time in range(30):
        Gateway.objects.update(paced_at=database_now() - datetime.timedelta(seconds=5))
        gateway.refresh_from_db()
        lowest = tell()
    assert lowest > 0.05  # never to a standstill


def test_what_is_said_now_and_then_whatever_the_pace_lowers_none():
    """Of a hundred answers one says "slow down", however slow we are: dropping for each would end at a standstill."""
    gateway = make_gateway("twilio_sms")
    (message,) = queue(1)
    told = Refused(in_words("Slower."), False, Fault.PROVIDER, "429", slows="gateway")

    def tell(times: int) -> bool:
        """Whether the pace drops, now that so many of the tries say so."""
        tries = [Attempt(message=message, gateway=gateway, started_at=timezone.now(), code="429") for _ in range(times)]
        with transaction.atomic():
            Attempt.objects.bulk_create(tries)
            learn([Result(message, told, timezone.now(), 1)], timezone.now())
        gateway.refresh_from_db()
        return gateway.paced_at is not None

    taken = {"message": message, "gateway": gateway, "started_at": timezone.now(), "outcome": "accepted"}
    Attempt.objects.bulk_create(Attempt(**taken) for _ in range(198))
    assert not tell(2)
    assert tell(20)


def test_the_gateways_page_and_list_say_that_it_is_slowed_down_and_how_much(client):
    client.force_login(make_user(is_superuser=True))
    gateway = make_gateway("twilio_sms", config=TwilioServer().config())
    pages = [reverse("admin:gateways_gateway_changelist"), reverse("admin:gateways_gateway_change", args=[gateway.pk])]
    for page in pages:
        assert "Asked to slow down" not in client.get(page).content.decode()
    now = timezone.now()
    Gateway.objects.update(paced_from=12.9, paced_at=now, pace_reason=in_words("Twilio asks to slow down."))
    for page in pages:
        shown = client.get(page).content.decode()
        assert "Asked to slow down: now 9 messages/s." in shown
        assert "Twilio asks to slow down." in shown
    Gateway.objects.update(rate_per_second=5)  # its own limit is lower: nothing is slowed down
    assert "Asked to slow down" not in client.get(pages[0]).content.decode()
