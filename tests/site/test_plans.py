"""Pages and the worker stay quick at a million orders: an index answers each question, even without statistics.

SQLite plans an empty table as it plans a full one, as long as nobody ran ANALYZE; PostgreSQL is told to prefer indexes.
"""

import datetime
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.models import Client, ContactPoint, Location
from locations.search.search import locations_found, with_phone
from messaging.inbox.live.log import count_unread
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
from tests.makers import make_client, make_location, make_order, make_robot, make_stages, make_user
from tests.plans import explain, plan_of, whole_tables_read

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
    "expired messages": (lambda: expiry.expired_messages(NOW), "message_expiry"),
    "leases": (lambda: claiming.expired_leases(NOW), "message_lease"),
    "doubts": (lambda: Message.objects.filter(state="in_doubt", look_up_at__lte=NOW), "message_look_up"),
    "gateways with work": (lambda: claiming.gateways_with_work(NOW, NOW), "message_due"),
    "gateways that are off, with work": (lambda: claiming.closed_gateways(NOW), "message_due"),
    "messages without a gateway": (lambda: claiming.homeless_messages(NOW), "message_homeless|message_due"),
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
    LogEntry.objects.create(user=make_user(), action_flag=1, object_repr="order")


@pytest.mark.usefixtures("rows_of_each")
@pytest.mark.parametrize("name", QUESTIONS)
def test_an_index_answers(name):
    rows, index = QUESTIONS[name]
    plan = plan_of(rows())
    assert re.search(index, plan), plan


@pytest.fixture
def alice(client):
    client.force_login(make_user(is_superuser=True))
    return client


def reads_of(pages) -> list[str]:
    if connection.vendor != "sqlite":
        return []
    with CaptureQueriesContext(connection) as seen:
        pages()
    return whole_tables_read(query["sql"] for query in seen)


LISTS = {
    "/admin/orders/order/": [
        *("q=Kowalska+Wspólna+17", "q=A-1", "q=501234567", "q=4567", "q=anna@example.com", "trouble=failed"),
        *("trouble=held", "fulfilment__exact=dine_in", "placed_at_from=2026-01-01&placed_at_to=2026-02-01"),
    ],
    "/admin/outbox/message/": [
        *("q=Kowalska", "q=501234567", "state__exact=failed&channel__exact=email", "purpose__exact=advertising"),
        "reason=outbox.expired",
    ],
    "/admin/robots/robotstep/": ["q=A-1", "waiting=yes", "state__exact=held"],
    "/admin/robots/robotstep/held/": [""],
    "/admin/locations/client/": ["q=Kowalska", "q=4567", "q=anna@example.com"],
    "/admin/locations/location/": ["q=Kowalska+Wspólna+17", "q=4567", "zone__id__exact=1"],
    "/admin/": [""],
    "/inbox/clients/": ["q=Kowalska"],
    "/admin/autocomplete/": ["app_label=locations&model_name=location&field_name=client&term=Kowalska"],
}


@pytest.mark.parametrize("page", LISTS)
def test_no_list_goes_through_a_whole_table_to_find_some_rows(alice, page):
    make_order()

    def ask():
        for query in LISTS[page]:
            assert alice.get(f"{page}?{query}").status_code == 200

    assert reads_of(ask) == []


def test_no_page_of_an_order_or_client_goes_through_a_whole_table(alice):
    order = make_order()
    make_robot(make_stages()["ready"])

    def ask():
        for address in (
            f"/admin/orders/order/{order.pk}/change/",
            f"/admin/orders/order/{order.pk}/history/",
            f"/admin/locations/client/{order.client_id}/change/",
        ):
            assert alice.get(address).status_code == 200
        assert (
            alice.post(f"/admin/orders/order/{order.pk}/move/", {"stage": make_stages()["ready"].pk}).status_code == 302
        )

    assert reads_of(ask) == []


def test_a_move_finds_the_steps_and_messages_of_its_own_orders_only(alice):
    """Whatever state they are in: by the state, SQLite would read a million that are done."""
    stages = make_stages()
    make_robot(stages["ready"], delay_minutes=60)
    orders = [make_order() for _ in range(3)]
    for kind in ("ready", "cancelled"):
        action = {
            "action": f"move_to_stage_{stages[kind].pk}",
            "_selected_action": [order.pk for order in orders],
        }
        with CaptureQueriesContext(connection) as seen:
            alice.post("/admin/orders/order/", action)
    assert {step.state for step in RobotStep.objects.all()} == {"cancelled"}
    if connection.vendor == "sqlite":
        statements = [query["sql"] for query in seen if re_touches(query["sql"])]
        assert len(statements) > 3
        with connection.cursor() as cursor:
            for sql in statements:
                plan = "\n".join(str(row[-1]) for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall())
                assert "step_state" not in plan, f"{plan}\n{sql}"
                assert "step_ended" not in plan, f"{plan}\n{sql}"
                assert "message_state" not in plan, f"{plan}\n{sql}"


def re_touches(sql: str) -> bool:
    return sql.startswith(("SELECT", "UPDATE")) and ("robots_robotstep" in sql or "outbox_message" in sql)


def test_the_badge_counts_by_the_index_of_unread_ones(alice):
    with CaptureQueriesContext(connection) as seen:
        count_unread()
    assert reads_of(count_unread) == []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {seen[0]['sql']}").fetchall()
        assert "conversation_list (state=? AND is_unread=?)" in str(plan)


@pytest.mark.parametrize("page", [page for page in LISTS if page.count("/") == 4])
def test_a_list_without_a_filter_is_read_in_the_order_of_an_index(alice, page):
    """With a table joined that every row has, SQLite would begin there, and sort a million rows for fifty."""
    make_order()
    with CaptureQueriesContext(connection) as seen:
        alice.get(page)
    table = page.strip("/").split("/", 1)[1].replace("/", "_")
    lists = [
        query["sql"]
        for query in seen
        if f'FROM "{table}"' in query["sql"] and " ORDER BY " in query["sql"] and " WHERE " not in query["sql"]
    ]
    assert lists
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for sql in lists:
                plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall())
                assert "TEMP B-TREE" not in plan, f"{plan}\n{sql}"


@pytest.mark.parametrize("page", ["/admin/orders/order/", "/admin/outbox/message/"])
def test_what_is_found_by_its_place_is_not_awaited_in_the_order_of_keys(alice, page):
    """Newest first by the bare key, PostgreSQL goes through a million orders, since a thousand could pass by soon."""
    make_order(make_location(make_client(name="Anna Kowalska")))
    with CaptureQueriesContext(connection) as seen:
        assert alice.get(f"{page}?q=Kowalska").status_code == 200
    found = [query["sql"] for query in seen if re.search(r'_id" IN \(\d+\)\s+ORDER BY .* LIMIT', query["sql"])]
    assert len(found) >= 2
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        for sql in found:
            cursor.execute(f"{explain()} {sql}")
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
            assert not re.search(r"_pkey|SCAN", plan), f"{plan}\n{sql}"


def test_words_are_found_by_one_statement_in_each_index(alice):
    """However many rows there are and however few have the words."""
    make_order(make_location(make_client(name="Anna Kowalska"), address="Wspólna 17"))
    with CaptureQueriesContext(connection) as seen:
        assert locations_found("Kowalska Wspólna")
    assert len(seen) == 1
