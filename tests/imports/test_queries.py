"""A chunk costs the same number of queries however many rows it has."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.imports.models import Import
from orders.imports.reading.reading import Row
from orders.imports.running import chunks

pytestmark = pytest.mark.usefixtures("alice")
HEADERS = ["orderNumber", "clientName", "address", "contactPhone", "total", "stage", "plannedArrival", "clientId"]


def queries(size, **change):
    run = Import(source="file", notify=True, layout={"columns": HEADERS})
    rows = [
        Row(number, list({
            "orderNumber": f"A-{number}",
            "clientName": f"Client {number}",
            "address": f"Street {number}",
            "contactPhone": f"+485{number:08}",
            "total": "5",
            "stage": "",
            "plannedArrival": "",
            "clientId": "",
            **change,
        }.values()))
        for number in range(size)
    ]  # fmt: skip
    with CaptureQueriesContext(
        connection,
    ) as captured:
        _plan, found = chunks.carry_out(rows, run)
    return found, len([query for query in captured if not query["sql"].startswith("INSERT")])


@pytest.mark.parametrize("name", ["created", "unchanged", "updated"])
def test_it_asks_as_often_for_few_rows_as_for_many(name):
    if name != "created":
        queries(400)
    change = {"total": "7"} if name == "updated" else {}
    few, many = queries(20, **change), queries(400, **(change and {"total": "8"}))
    assert few[0][name] == 20
    assert many[0][name] == (380 if name == "created" else 400)
    assert many[1] <= few[1] + (2 if name == "created" else 0)


def test_it_moves_and_reschedules_many_orders_as_it_does_few():
    queries(400)
    arrival = "31.03.2026 {}:00"
    few = queries(20, stage="Ready", plannedArrival=arrival.format(12))
    many = queries(400, stage="On the way", plannedArrival=arrival.format(13))
    assert (few[0]["updated"], many[0]["updated"]) == (20, 400)
    assert many[1] <= few[1] + 2  # SQLite takes a thousand values at a time
