"""Pages stay quick at a million orders: none goes through a whole table to find some rows."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.search.search import locations_found
from messaging.inbox.live.log import count_unread
from messaging.robots.models import RobotStep
from tests.makers import make_client, make_location, make_order, make_robot, make_stages, make_user
from tests.plans import explain, whole_tables_read

pytestmark = pytest.mark.django_db


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
    "/admin/robots/robotstep/": ["q=A-1", "waiting=yes", "state__exact=held", "reason=robots.no_phone"],
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
