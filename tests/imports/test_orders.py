"""What becomes of orders: made, changed, moved, or left alone; and who is told."""

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError
from django.utils import timezone

from messaging.robots.models import RobotStep
from orders.imports.reading.reading import MOST_UNREADABLE
from orders.models import Cause, Order, StageChange
from orders.moves import move_to
from tests.imports.sending import run_command, table
from tests.makers import make_location, make_order, make_robot, make_stages, make_user

pytestmark = pytest.mark.django_db
FULL = {
    "contactPhone": "+48 501 234 567",
    "contactEmail": "a@example.com",
    "total": "12,50",
    "paymentType": "cash",
    "fulfilment": "dostawa",
    "placedAt": "31.03.2026 12:00",
    "promisedMinutes": "45",
    "plannedArrival": "31.03.2026 15:00",
    "contents": "pizza",
    "comment": "ring twice",
    "firstName": "Anna",
}


@pytest.fixture
def stages():
    return make_stages()


def test_it_places_new_orders_into_the_first_stage_and_into_the_named_one(tmp_path, stages):
    said = run_command(tmp_path, table({}, {"stage": "ready"}))
    assert said == ["2 created, 0 updated, 0 unchanged, 0 refused"]
    assert dict(Order.objects.values_list("number", "stage__kind")) == {"A-1": "new", "A-2": "ready"}
    assert set(StageChange.objects.values_list("cause", "notify", "from_stage")) == {(Cause.IMPORT, False, None)}


def test_it_changes_nothing_the_second_time(tmp_path, stages):
    content = table(*[{**FULL, "clientName": f"Client {number}", "stage": "Ready"} for number in range(5)])
    assert run_command(tmp_path, content) == ["5 created, 0 updated, 0 unchanged, 0 refused"]
    before = list(Order.objects.values_list("updated_at", "pk"))
    assert run_command(tmp_path, content) == ["0 created, 0 updated, 5 unchanged, 0 refused"]
    assert list(Order.objects.values_list("updated_at", "pk")) == before
    assert StageChange.objects.count() == 5


def test_it_changes_what_the_file_changes_and_nothing_else(tmp_path, stages):
    run_command(tmp_path, table(FULL))
    changed = {**FULL, "total": "99", "comment": "ring once", "contactPhone": "502 345 678"}
    assert run_command(tmp_path, table(changed)) == ["0 created, 1 updated, 0 unchanged, 0 refused"]
    order = Order.objects.get()
    assert (order.total, order.comment, order.contents) == (Decimal(99), "ring once", "pizza")
    assert order.contact_phone.as_e164 == "+48502345678"
    assert StageChange.objects.count() == 1


def test_it_tells_orders_of_two_shops_apart(tmp_path, stages):
    run_command(tmp_path, table({}), "--source", "shop one")
    said = run_command(tmp_path, table({}), "--source", "shop two")
    assert said == ["1 created, 0 updated, 0 unchanged, 0 refused"]


def test_it_moves_a_known_order_to_the_stage_of_the_file(tmp_path, stages):
    user = make_user(username="alice")
    order = make_order(source="file", number="A-1")
    run_command(tmp_path, table({"stage": "On the way"}), "--notify", "--user", "alice")
    order.refresh_from_db()
    change = StageChange.objects.last()
    assert (order.stage, change.from_stage, change.to_stage) == (
        *(stages["on_the_way"], stages["new"]),
        stages["on_the_way"],
    )
    assert (change.by, change.cause, change.notify) == (user, Cause.IMPORT, True)


def test_it_leaves_a_known_order_where_it_stands_when_the_file_names_no_stage(tmp_path, stages):
    order = make_order(source="file", number="A-1")
    move_to(order, stages["ready"])
    run_command(tmp_path, table({"comment": "x"}))
    order.refresh_from_db()
    assert order.stage == stages["ready"]


def test_it_moves_the_message_with_the_planned_arrival(tmp_path, stages):
    make_robot(event="arrival", lead_minutes=30, only_while_driver_live=False)
    with time_machine.travel("2026-03-31T08:00:00Z", tick=False):
        row = {"contactPhone": "501234567", "plannedArrival": "31.03.2026 15:00"}
        run_command(tmp_path, table(row))
        assert RobotStep.objects.get().due_at == datetime.datetime(2026, 3, 31, 12, 30, tzinfo=datetime.UTC)
        run_command(tmp_path, table({**row, "plannedArrival": "31.03.2026 16:00"}))
        assert RobotStep.objects.get().due_at == datetime.datetime(2026, 3, 31, 13, 30, tzinfo=datetime.UTC)


@pytest.mark.parametrize(("options", "steps"), [([], 0), (["--notify"], 2)])
def test_it_tells_customers_only_when_asked_to(tmp_path, stages, options, steps):
    make_robot(stages["new"])
    make_robot(stages["ready"])
    make_order(make_location(), source="file", number="A-1", notify=False)
    run_command(tmp_path, table({"stage": "Ready"}, {"contactPhone": "501234567"}), *options)
    assert RobotStep.objects.count() == steps


def test_it_tells_nobody_twice(tmp_path, stages):
    make_robot(stages["new"])
    content = table({"contactPhone": "501234567"})
    for _again in range(3):
        run_command(tmp_path, content, "--notify")
    assert RobotStep.objects.count() == 1


def test_it_says_which_columns_it_ignores(tmp_path, stages):
    assert run_command(tmp_path, table({"weather": "sun"}))[0] == "Ignored columns: weather"


def test_it_stops_with_a_sentence_when_the_file_cannot_be_read(tmp_path, stages):
    with pytest.raises(CommandError, match="names none of the columns"):
        run_command(tmp_path, b"a;b\n1;2\n")
    with pytest.raises(CommandError, match="no orders below it"):
        run_command(tmp_path, b"orderNumber;clientName;address\n")
    with pytest.raises(CommandError, match="There is no user “bob”"):
        run_command(tmp_path, table({}), "--user", "bob")


@pytest.mark.parametrize(("total", "words"), [("5", "The rows before it are imported"), ("x", "Nothing was imported.")])
def test_the_command_says_what_was_written_when_a_file_turns_out_to_be_broken(tmp_path, stages, total, words):
    broken = b'A-1;"x"y\r\n' * (MOST_UNREADABLE + 1)
    with pytest.raises(CommandError, match=words):
        run_command(tmp_path, table(*[{"total": total}] * 600) + broken)
    assert Order.objects.exists() == (words == "The rows before it are imported")


def test_it_imports_the_good_rows_of_a_file_with_bad_ones(tmp_path, stages):
    said = run_command(tmp_path, table({}, {"total": "x"}, {"placedAt": "soon"}, {"total": "5"}))
    assert said[-1] == "2 created, 0 updated, 0 unchanged, 2 refused"
    assert [line.split(":")[0] for line in said[:-1]] == ["Row 3, total", "Row 4, placedAt"]


def test_it_sees_a_repeated_order_far_apart(tmp_path, stages):
    said = run_command(tmp_path, table(*[{}] * 1200, {"orderNumber": "A-1"}))
    assert said == [
        "Row 1202: The row repeats order A-1 of row 2: keep one of them.",
        "1,200 created, 0 updated, 0 unchanged, 1 refused",
    ]


def test_it_leaves_orders_of_other_doors_alone(tmp_path, stages):
    order = make_order(number="A-1", placed_at=timezone.now())
    run_command(tmp_path, table({}))
    assert list(Order.objects.filter(number="A-1").values_list("source", flat=True).order_by("pk")) == [
        *(order.source, "file")
    ]


def test_it_does_not_move_back_what_was_moved_on_by_hand_since(tmp_path):
    stages = make_stages()
    file = table({"stage": "New"})
    run_command(tmp_path, file)
    order = Order.objects.get()
    move_to(order, stages["ready"])
    assert run_command(tmp_path, file)[0].startswith("0 created, 0 updated, 1 unchanged")
    order.refresh_from_db()
    assert order.stage == stages["ready"]
    run_command(tmp_path, table({"stage": "On the way"}))
    order.refresh_from_db()
    assert order.stage == stages["on_the_way"]
