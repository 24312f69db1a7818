"""A shop with any number of orders, made inside the database itself: a million in some minutes, no row in Python.

Of each kind there is a little of what is looked for: failed messages, a department that is nearly empty, steps and
messages that are held, a client with very many orders, chats.
"""

import re

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.filled.rows import at_second, insert, one_of, quick_inserts, truth, uuid_of
from locations.models import Client, ContactPoint, DeliveryZone, Department, Location
from messaging.gateways.models import Gateway
from messaging.inbox.lines.lines import web_line
from messaging.inbox.models import ChatMessage, Conversation
from messaging.outbox.models import Attempt, Message
from messaging.robots.models import Robot, RobotStep
from orders.models import Order, Stage, StageChange, StageKind
from tests.makers import make_department, make_gateway, make_robot, make_stages, make_user

DEPARTMENTS = 12
CHUNK = 20_000  # orders in one statement
ORDER_SECONDS = 30  # between two orders
MESSAGE_OF = "n + n / 5 + 2"  # the key of the n-th order's message; letters stand between
NAMES = ["Kowalski", "Nowak", "Wiśniewska", "Wójcik", "Żółkiewska", "Kamińska", "Lewandowski", "Zielińska"]
STREETS = ["Wspólna", "Długa", "Polna", "Łąkowa", "Ogrodowa", "Szkolna", "Krótka", "Leśna", "Lipowa"]


class Shop:
    """What the rows refer to; made when it is missing."""

    def __init__(self) -> None:
        self.stages = [make_stages()[kind.value] for kind in StageKind]
        self.departments = list(Department.objects.order_by("pk")) or [
            make_department(name=f"Department {number}") for number in range(DEPARTMENTS + 1)
        ]
        self.zones = list(DeliveryZone.objects.order_by("pk")) or [
            DeliveryZone.objects.create(name=f"Zone {number}") for number in range(10)
        ]
        self.gateways = list(Gateway.objects.order_by("pk")) or [
            make_gateway("sandbox_sms"),
            make_gateway("sandbox_email"),
        ]
        self.robots = list(Robot.objects.order_by("pk")) or [
            make_robot(Stage.objects.get(kind=StageKind.READY)) for _number in range(4)
        ]
        self.users = list(LogEntry.user.field.related_model.objects.order_by("pk")) or [
            make_user(is_superuser=number == 0) for number in range(5)
        ]
        self.line = web_line()
        self.began_at = int(timezone.now().timestamp()) - 365 * 24 * 3600


def fill(shop: Shop, first: int, last: int) -> None:
    """Orders number `first` to `last` - 1, with all that hangs on them."""
    with quick_inserts():
        for start in range(first, last, CHUNK):
            end = min(start + CHUNK, last)
            with transaction.atomic():
                fill_places(shop, start // 2, end // 2)
                fill_orders(shop, start, end)
                fill_chats(shop, start // 20, end // 20)
    if connection.vendor == "postgresql":
        set_sequences()


def fill_places(shop: Shop, first: int, last: int) -> None:
    """One client for each location; the first one gets every thirtieth order."""
    name = f"{one_of(NAMES, 'n')} || ' ' || CAST(n AS text)"
    insert(Client, first, last, name=name, external_id="'K' || CAST(n AS text)", created_at=moment(shop, "n"))
    insert(
        Location,
        first,
        last,
        client_name=name,
        address=f"{one_of(STREETS, 'n / 7')} || ' ' || CAST(n % 199 + 1 AS text) || '/' || CAST(n AS text)",
        client_id="n + 1",
        email="'client' || CAST(n AS text) || '@example.com'",
        phone=phone("n"),
        zone_id=one_of([zone.pk for zone in shop.zones], "n"),
        created_at=moment(shop, "n"),
    )
    insert(ContactPoint, first, last, client_id="n + 1", kind="'phone'", value=phone("n"))


def fill_orders(shop: Shop, first: int, last: int) -> None:
    """Two visits, two steps and a message for each order; a letter for every fifth."""
    at, place = moment(shop, "n"), f"CASE WHEN n % 30 = 0 THEN 1 ELSE (n * 7919) % {max(1, last // 2)} + 1 END"
    department = one_of([one.pk for one in shop.departments[:DEPARTMENTS]], "n / 3")
    rare = shop.departments[DEPARTMENTS].pk
    final = one_of([stage.pk for stage in shop.stages[-2:]], "n")
    stage = f"CASE WHEN n % 100 < 4 THEN {one_of([stage.pk for stage in shop.stages[:4]], 'n')} ELSE {final} END"
    insert(
        Order,
        first,
        last,
        source="'file'",
        number="'A-' || CAST(1000000 + n AS text)",
        client_id=place,
        location_id=place,
        department_id=f"CASE WHEN n < 3 THEN {rare} ELSE {department} END",
        stage_id=stage,
        stage_entered_at=at,
        contact_phone=phone("n"),
        contact_email="'order' || CAST(n AS text) || '@example.com'",
        fulfilment="CASE WHEN n % 5003 = 7 THEN 'dine_in' WHEN n % 10 = 3 THEN 'pickup' ELSE 'delivery' END",
        total="99.5",
        placed_at=at,
        created_at=at,
        updated_at=at,
    )
    for position in (0, 1):
        visited = f"{shop.stages[position * 2].pk}"
        fields = {"from_stage_id": visited} if position else {}
        by = f"CASE WHEN n % 50 = 0 THEN {one_of([user.pk for user in shop.users], 'n / 50')} END"
        key = f"n * 2 + {position + 1}"
        insert(StageChange, first, last, key, order_id="n + 1", to_stage_id=visited, at=at, by_id=by, **fields)
    fill_messages(shop, first, last, place)
    fill_steps(shop, first, last)
    fill_history(shop, first, last)


def fill_messages(shop: Shop, first: int, last: int, client: str) -> None:
    """One in a hundred failed; some are held, in doubt; hardly any advertises."""
    state = (
        "CASE WHEN n % 97 = 5 THEN 'failed' WHEN n % 20011 = 3 THEN 'held' WHEN n % 20011 = 4 THEN 'in_doubt'"
        " WHEN n % 3 = 0 THEN 'sent' ELSE 'delivered' END"
    )
    common = {
        "order_id": "n + 1",
        "client_id": client,
        "state": state,
        "send_at": moment(shop, "n"),
        "created_at": moment(shop, "n"),
        "sent_at": moment(shop, "n"),
        "attempts": "1",
        "body": "'Your order A-' || CAST(1000000 + n AS text) || ' is ready and waits for the courier.'",
        "provider_id": "'SM' || CAST(n AS text)",
    }
    sms, email = (gateway.pk for gateway in shop.gateways[:2])
    purpose = "CASE WHEN n % 40009 = 1 THEN 'advertising' ELSE 'service' END"
    channel = "CASE WHEN n % 30011 = 9 THEN 'voice' ELSE 'sms' END"
    key = uuid_of("n")
    insert(
        Message,
        first,
        last,
        MESSAGE_OF,
        gateway_id=f"{sms}",
        channel=channel,
        purpose=purpose,
        to=phone("n"),
        key=key,
        **common,
    )
    fifth = (first + 4) // 5, (last + 4) // 5
    letters = {name: re.sub(r"\bn\b", "(n * 5)", value) for name, value in common.items()}
    to = "'order' || CAST(n * 5 AS text) || '@example.com'"
    insert(
        Message,
        *fifth,
        "n * 6 + 1",
        gateway_id=f"{email}",
        channel="'email'",
        to=to,
        key=uuid_of("n + 500000000"),
        **{**letters, "provider_id": "'EM' || CAST(n AS text)"},
    )
    insert(
        Attempt,
        first,
        last,
        message_id=MESSAGE_OF,
        gateway_id=f"{sms}",
        outcome="'accepted'",
        started_at=common["sent_at"],
    )


def fill_steps(shop: Shop, first: int, last: int) -> None:
    """Two for each order: the one made the message, the other was left out; a few are planned, held."""
    state = (
        "CASE WHEN n % 200 = 0 THEN 'planned' WHEN n % 20011 = 9 THEN 'held' WHEN n % 9 = 1 THEN 'expired'"
        " ELSE 'skipped' END"
    )
    robots = [robot.pk for robot in shop.robots]
    at = moment(shop, "n")
    common = {"order_id": "n + 1", "robot_name": "'Robot'", "due_at": at, "created_at": at, "finished_at": at}
    # Of the last robot there are very few.
    rare = f"CASE WHEN n % 50021 = 2 THEN {robots[-1]} ELSE {one_of(robots[:-1], 'n')} END"
    done = {"state": "'done'", "message_id": MESSAGE_OF}
    visit = "n * 2 + 1"
    insert(
        RobotStep,
        first,
        last,
        "n * 2 + 1",
        robot_id=rare,
        once_key="'a' || CAST(n AS text)",
        stage_change_id=visit,
        **done,
        **common,
    )
    waits = {**common, "state": state, "due_at": f"CASE WHEN n % 200 = 0 THEN {later(shop)} ELSE {at} END"}
    waits["finished_at"] = f"CASE WHEN n % 200 = 0 OR n % 20011 = 9 THEN NULL ELSE {at} END"
    insert(
        RobotStep,
        first,
        last,
        "n * 2 + 2",
        robot_id=f"{robots[0]}",
        once_key="'b' || CAST(n AS text)",
        stage_change_id=visit,
        **waits,
    )


def fill_history(shop: Shop, first: int, last: int) -> None:
    """Every fifth order was changed by somebody."""
    insert(
        LogEntry,
        first // 5,
        last // 5,
        action_time=moment(shop, "n * 5"),
        user_id=one_of([user.pk for user in shop.users], "n"),
        content_type_id=f"{ContentType.objects.get_for_model(Order).pk}",
        object_id="CAST(n * 5 + 1 AS text)",
        object_repr="'A-' || CAST(1000000 + n * 5 AS text)",
        action_flag=f"{CHANGE}",
        change_message="'[]'",
    )


def fill_chats(shop: Shop, first: int, last: int) -> None:
    """Every twentieth order's client has written: three messages, one conversation in a hundred unread, half closed."""
    insert(
        Conversation,
        first,
        last,
        client_id="n + 1",
        title=f"{one_of(NAMES, 'n')} || ' ' || CAST(n AS text)",
        state="CASE WHEN n % 2 = 0 THEN 'closed' ELSE 'open' END",
        line_id=f"{shop.line.pk}",
        zone_id=one_of([zone.pk for zone in shop.zones], "n"),
        last_at=moment(shop, "n * 20"),
        last_words="'thanks'",
        newest_id="n * 3 + 3",
        created_at=moment(shop, "n * 20"),
        is_unread=truth("n % 100 = 1"),
        unread="CASE WHEN n % 100 = 1 THEN 1 ELSE 0 END",
    )
    insert(
        ChatMessage,
        first * 3,
        last * 3,
        conversation_id="n / 3 + 1",
        sender="CASE WHEN n % 3 = 1 THEN 'operator' ELSE 'client' END",
        line_id=f"{shop.line.pk}",
        text=f"{one_of(['water', 'pizza', 'courier', 'invoice', 'thanks'], 'n')} || ' ' || CAST(n AS text)",
        at=moment(shop, "n * 7"),
    )


def phone(number: str) -> str:
    return f"'+48' || CAST(500000000 + ({number}) * 37 % 99999989 AS text)"


def moment(shop: Shop, number: str) -> str:
    """SQL: the time of the n-th order."""
    return at_second(f"{shop.began_at} + ({number}) * {ORDER_SECONDS}")


def later(shop: Shop) -> str:
    return at_second(f"{shop.began_at + 10 * 366 * 24 * 3600} + n")


def fill_queue(shop: Shop, count: int) -> None:
    """So many messages wait behind a gateway that is paused."""
    paused = shop.gateways[0]
    Gateway.objects.filter(pk=paused.pk).update(paused_at=timezone.now())
    first = Message.objects.order_by("-pk").values_list("pk", flat=True)[0]
    at, key = moment(shop, "0"), uuid_of("n + 900000000")
    insert(
        Message, first, first + count, gateway_id=f"{paused.pk}", channel="'sms'", to=phone("n"), key=key, send_at=at
    )


def set_sequences() -> None:
    """The next row that anybody makes gets a key that is free."""
    filled = [Client, Location, ContactPoint, Order, StageChange, Message, Attempt, RobotStep, LogEntry, Conversation]
    with connection.cursor() as cursor:
        for model in [*filled, ChatMessage]:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
            )
