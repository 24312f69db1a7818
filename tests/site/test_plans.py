"""Pages and the worker stay quick at a million orders: an index answers each question, even without statistics.

SQLite plans an empty table as it plans a full one, as long as nobody ran ANALYZE; PostgreSQL is told to prefer indexes.
"""

import datetime
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection

from locations.lists.reasons import leaps
from locations.models import Client, ContactPoint, Location
from locations.search.search import with_phone
from locations.values.reasons import Reason
from messaging.gateways.models import HookEvent
from messaging.inbox.models import ChatMessage, Conversation
from messaging.outbox.models import Message
from messaging.outbox.queue import claiming, expiry
from messaging.robots.models import RobotStep
from messaging.robots.states import ENDED, UNTOLD
from messaging.robots.steps.running import due_steps
from messaging.robots.steps.untold import STOPPED_MESSAGES, overdue_steps
from orders.imports.models import Import
from orders.imports.running.stalled import standing_imports
from orders.models import Order, StageChange
from tests.inbox.makers import client_writes, make_conversation
from tests.makers import make_gateway, make_order, make_user
from tests.plans import believe_tables_are_full, explain, plan_of

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
NEWEST = ("-placed_at", "-id")


def in_order(rows):
    """Of few rows without statistics PostgreSQL may think that any index in this order will do."""
    return rows.order_by("-id") if connection.vendor == "sqlite" else rows.order_by()


# What is asked, and the index that answers it; where two are as good, either.
QUESTIONS = {
    "orders of a department": (lambda: Order.objects.filter(department=7).order_by(*NEWEST), "order_department"),
    "orders of a department in a month": (
        lambda: Order.objects.filter(department=7, placed_at__gte=NOW).order_by(*NEWEST),
        "order_department",
    ),
    "orders by fulfilment": (lambda: Order.objects.filter(fulfilment="dine_in").order_by(*NEWEST), "order_fulfilment"),
    "orders of a stage": (lambda: Order.objects.filter(stage=7).order_by(*NEWEST), "order_stage_newest"),
    "orders with a phone": (
        lambda: with_phone(Order.objects.all(), "contact_phone", "+48501234567").order_by(),
        "order_phone",
    ),
    "moves of an order": (lambda: StageChange.objects.filter(order=7).order_by("-id"), "stage_change_of_order"),
    "moves from a stage": (lambda: StageChange.objects.filter(from_stage=7).order_by(), "stage_change_from"),
    "moves by somebody": (lambda: StageChange.objects.filter(by=7).order_by(), "stage_change_by"),
    "people of a company": (lambda: Client.objects.filter(company=7).order_by(), "client_company"),
    "places of a zone": (lambda: Location.objects.filter(zone__in=[7, 8]).order_by(), "location_zone"),
    "contacts of a client": (lambda: ContactPoint.objects.filter(client__in=[7, 8]).order_by(), "contact_point_once"),
    "orders of a client": (lambda: Order.objects.filter(client=7).order_by(*NEWEST), "order_client"),
    "messages of a channel": (lambda: Message.objects.filter(channel="voice").order_by("-id"), "message_channel"),
    "messages of a purpose": (lambda: Message.objects.filter(purpose="staff").order_by("-id"), "message_purpose"),
    "failed messages of a channel": (
        lambda: Message.objects.filter(state="failed", channel="email").order_by("-id"),
        "message_failed",
    ),
    "messages of a reason": (
        lambda: Message.objects.filter(reason__given=True, reason__code="outbox.expired").order_by("-id"),
        "message_reason",
    ),
    "held messages": (lambda: Message.objects.filter(state="held").order_by("send_at"), "message_held"),
    "a message by the provider's number": (
        lambda: Message.objects.filter(gateway=7, provider_id__in=["a", "b"]).exclude(provider_id=""),
        "message_provider",
    ),
    "steps of a robot": (lambda: RobotStep.objects.filter(robot=7).order_by("-id"), "step_newest_of_robot"),
    "steps that wait": (lambda: in_order(RobotStep.objects.exclude(state__one_of=ENDED)), "step_waiting"),
    "held steps": (lambda: RobotStep.objects.filter(state="held").order_by("due_at"), "step_held"),
    "due steps": (lambda: due_steps(NOW), "step_due"),
    "overdue steps": (lambda: overdue_steps(NOW), "step_due"),
    "steps that told nobody": (lambda: RobotStep.objects.filter(state__in=UNTOLD, finished_at__gte=NOW), "step_ended"),
    "messages that did not go out": (
        lambda: Message.objects.filter(state__in=STOPPED_MESSAGES, created_at__gte=NOW),
        "message_state",
    ),
    "steps by why": (
        lambda: RobotStep.objects.filter(reason__given=True, reason__code="robots.no_phone").order_by("-id"),
        "step_reason",
    ),
    "steps of a state by why": (
        lambda: RobotStep.objects.filter(state="skipped", reason__given=True, reason__code="robots.no_phone").order_by(
            "-id"
        ),
        "step_reason",
    ),
    "expired messages": (lambda: expiry.expired_messages(NOW), "message_expiry"),
    "leases": (lambda: claiming.expired_leases(NOW), "message_lease"),
    "doubts": (lambda: Message.objects.filter(state="in_doubt", look_up_at__lte=NOW), "message_look_up"),
    "gateways with work": (lambda: claiming.gateways_with_work(NOW, NOW), "message_due"),
    "gateways that are off, with work": (lambda: claiming.closed_gateways(NOW), "message_due"),
    "messages without a gateway": (lambda: claiming.homeless_messages(NOW), "message_homeless|message_due"),
    "calls by why they had no effect": (
        lambda: HookEvent.objects.filter(problem__given=True, problem__code="gateways.read_failed").order_by("-id"),
        "hook_event_problem",
    ),
    "imports that stand": (lambda: standing_imports(NOW).order_by(), "import_working"),
    "a chat message by its key": (lambda: ChatMessage.objects.with_key("a").order_by(), "chat_message_once"),
    "unread conversations": (
        lambda: Conversation.objects.filter(is_unread=True).order_by("-last_at", "-pk"),
        "conversation_unread",
    ),
    "the history of a row": (
        lambda: LogEntry.objects.filter(object_id="7", content_type=7).order_by(),
        "log_of_object",
    ),
    "a client by the shop's number": (
        lambda: Client.objects.exclude(external_id="").filter(external_id="7"),
        "client_external_id",
    ),
}


@pytest.fixture
def rows_of_each():
    """A row in each table that is asked: PostgreSQL's guesses go by how many pages a table has."""
    order = make_order()
    ContactPoint.objects.create(client=order.client, kind="phone", value="+48501234567")
    Message.objects.create(channel="sms", to="+48501234567", body="Hello")
    RobotStep.objects.create(robot_name="r", order=order, once_key="a", due_at=NOW)
    client_writes(make_conversation(order.client))
    Import.objects.create(file_name="orders.csv")
    call = {"dedupe_key": "x", "method": "POST", "url": "", "body": b"", "problem": Reason("gateways.read_failed")}
    HookEvent.objects.create(gateway=make_gateway(), **call)
    LogEntry.objects.create(user=make_user(), action_flag=1, object_repr="order")


@pytest.mark.usefixtures("rows_of_each")
@pytest.mark.parametrize("name", QUESTIONS)
def test_an_index_answers(name):
    rows, index = QUESTIONS[name]
    plan = plan_of(rows())
    assert re.search(index, plan), plan


@pytest.mark.usefixtures("rows_of_each")
def test_the_reasons_that_occur_are_found_by_leaps_along_the_index():
    statement, params = leaps(RobotStep)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            believe_tables_are_full()
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"{explain()} {statement}", params)
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    lines = [line for line in plan.splitlines() if "robots_robotstep" in line]
    assert len(lines) == (2 if connection.vendor == "sqlite" else 1), plan  # PostgreSQL does not show the second half
    assert all("step_reason" in line for line in lines), plan
