"""How the database means to answer: the plans of statements, for tests that look for an index in them."""

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

BIG = (
    *("orders_order", "orders_stagechange", "outbox_message", "robots_robotstep", "locations_client"),
    *("locations_location", "locations_contactpoint", "inbox_chatmessage", "inbox_conversation", "django_admin_log"),
)
"""Tables that grow with the company."""


def plan_of(rows: QuerySet) -> str:
    """The plan of a query. PostgreSQL is told to prefer indexes: with the few rows of a test it would need none."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            believe_tables_are_full()
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"{explain()} {sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def believe_tables_are_full() -> None:
    """Until the test ends PostgreSQL takes each table with a page for one of a million rows, of which it knows nothing.

    Among few rows two indexes cost the same, and which one it takes depends on what other tests left in the files.
    """
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET relpages = pg_relation_size(oid) / current_setting('block_size')::int, "
            "reltuples = 1000000 WHERE relname = ANY(%s) AND pg_relation_size(oid) > 0",
            [tables],
        )
        cursor.execute(
            "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relname = ANY(%s))", [tables]
        )


def whole_tables_read(statements: Iterable[str]) -> list[str]:
    """On SQLite, which plans without looking at the rows: statements that go through all of a big table to find some.

    A list without a filter may: it stops after its first page.
    """
    wrong = []
    with connection.cursor() as cursor:
        for sql in statements:
            if not re.match(r"(SELECT|UPDATE|DELETE)\b", sql) or " WHERE " not in sql:
                continue
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            steps = [str(row[-1]) for row in cursor.fetchall()]
            wrong += [f"{step}: {sql[:600]}" for step in steps if is_too_much(step, sql)]
    return wrong


def is_too_much(step: str, sql: str) -> bool:
    if is_whole_table(step) or is_by_state(step, sql):
        return True
    return sql.startswith("SELECT COUNT(*)") and is_whole_index(step)


def is_whole_table(step: str) -> bool:
    found = re.match(r"SCAN (\w+)(.*)", step)
    return bool(found) and found[1] in BIG and "INDEX" not in found[2]


def is_whole_index(step: str) -> bool:
    """A list may go along an index until its page is full; what is counted is not all in one that holds every row."""
    found = re.match(r"SCAN (\w+) USING (?:COVERING )?INDEX (\w+)", step)
    return bool(found) and found[1] in BIG and found[2] not in partial_indexes()


def is_by_state(step: str, sql: str) -> bool:
    """All rows of a state are read, though the statement says of which orders or messages it wants them."""
    found = re.match(r"SEARCH (\w+) USING (?:COVERING )?INDEX \w+ \(state=\?\)$", step)
    return bool(found) and bool(re.search(rf'"?\b{found[1]}"?\."(order|message)_id" IN \(', sql))


def partial_indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'")
        return {row[0] for row in cursor.fetchall()}


def explain() -> str:
    return "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
