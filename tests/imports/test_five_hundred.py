"""A whole file as a shop sends it, through the form with the tick on: exactly the texts that its list names."""

import json

import pytest

from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from orders.models import Order
from tests.imports.files import make_orders_500 as maker
from tests.imports.files.company import EXPECTED, FILE, open_company
from tests.imports.sending import faults, run_tasks, send
from tests.running_worker import received, run_worker


@pytest.fixture
def shop(page):
    """The manager's browser."""
    open_company()
    return page


def texts():
    wanted = {"sms": [], "email": []}
    for channel, to, _subject, body in EXPECTED["texts"]:
        wanted[channel].append((to, body))
    return wanted


def test_it_tells_exactly_those_who_are_to_be_told(shop):
    run = send(shop, FILE, notify="on")
    found = {name: run.report[name] for name in EXPECTED["counts"]}
    assert found == EXPECTED["counts"]
    assert [[row, column] for row, column, _sentence in faults(run)] == EXPECTED["refused"]
    assert (run.layout["encoding"], run.layout["delimiter"]) == ("cp1251", ";")
    assert run.preview["will_follow"] == len(EXPECTED["texts"])
    run_worker()
    for channel, wanted in texts().items():
        assert sorted(received(channel)) == sorted(wanted)


def test_every_other_order_has_its_reason(shop):
    send(shop, FILE, notify="on")
    run_worker()
    told = set(RobotStep.objects.filter(state=StepState.DONE).values_list("order__number", flat=True))
    silent = set(Order.objects.exclude(number__in=told).values_list("number", flat=True))
    assert silent == set(EXPECTED["silent"])
    steps = RobotStep.objects.filter(order__number__in=silent)
    asked = {number for number, reasons in EXPECTED["silent"].items() if "" not in reasons}
    assert set(steps.values_list("order__number", flat=True)) == asked
    assert all(step.reason for step in steps)


def test_it_tells_nobody_anything_when_sent_again(shop):
    send(shop, FILE, notify="on")
    run_worker()
    before = received("sms"), received("email")
    run = send(shop, FILE, notify="on")
    run_tasks()
    run_worker()
    assert (run.report["unchanged"], run.report["refused"]) == (493, 7)
    assert (received("sms"), received("email")) == before


def test_its_maker_makes_the_same_files():
    rows = [maker.make_row(position) for position in range(maker.ROWS)]
    assert maker.csv_file(rows) == FILE
    assert json.loads(maker.list_file(rows)) == EXPECTED
