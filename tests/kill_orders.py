"""The kill harness's orders, which keep coming in, and the judge who counts what their customers were told."""

import threading
import time
from collections import Counter

from django.db import Error, IntegrityError, connections
from django.db.models import Q

from locations.models import Location
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from orders.models import Order
from orders.moves import place_orders
from tests.gateways.twilio_server import TwilioServer
from tests.kill_verdict import Verdict
from tests.makers import make_location

BATCH = 20
BATCH_PAUSE = 0.25  # seconds
NUMBERS = 5000  # phones that they are told on
CALM_SECONDS = 300  # without any progress; a slow machine may take longer over all


class Producer(threading.Thread):
    """Orders that keep coming in, each to be told about once."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.placed = 0
        self.is_over = threading.Event()

    def run(self) -> None:
        location = make_location()
        while not self.is_over.wait(BATCH_PAUSE):
            try:
                self.place(location)
            except IntegrityError:  # the connection broke after the commit: they are in
                self.placed += BATCH
            except Error:
                connections.close_all()
            else:
                self.placed += BATCH

    def place(self, location: Location) -> None:
        whose = {"location": location, "client": location.client}
        numbers = range(self.placed, self.placed + BATCH)
        place_orders([Order(number=f"K{n}", contact_phone=f"+48501{n % NUMBERS:06d}", **whose) for n in numbers])

    def stop(self) -> None:
        self.is_over.set()
        self.join()


def calm_down() -> None:
    """Wait until nothing is due any more and providers have been asked about all doubts, as long as it gets less."""
    connections.close_all()  # they may have been broken meanwhile
    fewest, deadline = None, time.monotonic() + CALM_SECONDS
    while time.monotonic() < deadline:
        try:
            left = count_left()
        except Error:  # the server is stopped just now
            connections.close_all()
        else:
            if not left:
                return
            if fewest is None or left < fewest:
                fewest, deadline = left, time.monotonic() + CALM_SECONDS
        time.sleep(0.5)


def count_left() -> int:
    """Steps, messages and questions to the provider that are still to come."""
    doubtful = Q(state=MessageState.IN_DOUBT, look_up_at__isnull=False)
    waiting = Message.objects.filter(Q(state__in=[MessageState.QUEUED, MessageState.SENDING]) | doubtful)
    return waiting.count() + RobotStep.objects.filter(state=StepState.PLANNED).count()


def judge(twilio: TwilioServer, verdict: Verdict) -> None:
    """Compare what the provider took with what the outbox says."""
    arrived = Counter(form["Body"] for form in twilio.messages)
    verdict.late, verdict.busy = twilio.moods.late, twilio.moods.busy
    verdict.ever_in_doubt = Message.objects.filter(Q(look_ups__gt=0) | Q(state=MessageState.IN_DOUBT)).count()
    verdict.unasked = Message.objects.filter(state=MessageState.IN_DOUBT, look_up_at__isnull=False).count()
    states = dict(Message.objects.values_list("body", "state"))
    verdict.duplicates = sum(count - 1 for count in arrived.values())
    verdict.wrong += [f"{body} arrived {count} times." for body, count in arrived.items() if count > 1]
    verdict.still_waiting = RobotStep.objects.filter(state=StepState.PLANNED).count()
    for number in range(verdict.messages):
        body = f"K{number}"
        state = states.get(body)
        if state in (MessageState.QUEUED, MessageState.SENDING):
            verdict.still_waiting += 1
        elif state == MessageState.IN_DOUBT:
            verdict.in_doubt += 1
            verdict.doubt_arrived += body in arrived
        elif state == MessageState.SENT and body not in arrived:
            verdict.wrong.append(f"{body} is said to be sent, but never arrived.")
        elif state != MessageState.SENT:
            verdict.lost += 1
            steps = [(step.state, str(step.reason)) for step in RobotStep.objects.filter(order__number=body)]
            verdict.wrong.append(f"{body} is {state or 'nowhere'}; its steps: {steps}")
