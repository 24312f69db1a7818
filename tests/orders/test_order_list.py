"""The list of orders: found by anything one remembers, moved many at once, in a constant number of queries."""

import datetime
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from locations.models import ContactKind, ContactPoint
from messaging.outbox.models import Message
from messaging.outbox.states import MessageState
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from orders.models import Order
from tests.makers import make_client, make_location, make_order, make_robot, make_stages, make_user
from tests.site.pages import sentences

pytestmark = pytest.mark.django_db
LIST = "/admin/orders/order/"


@pytest.fixture
def alice(client):
    user = make_user(is_superuser=True)
    client.force_login(user)
    return user


def listed(client, **query):
    return {order.number for order in client.get(LIST, query).context["cl"].result_list}


def fill(count):
    robot = make_robot(make_stages()["ready"])
    for _ in range(count):
        order = make_order(notify=False)
        RobotStep.objects.create(
            robot=robot, robot_name="r", order=order, once_key=str(order.pk), due_at=timezone.now()
        )
        Message.objects.create(order=order, channel="sms", to="+48501234567", body="Hello", state=MessageState.FAILED)


def queries(client) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(LIST).status_code == 200
    return len(seen)


def test_it_asks_the_database_as_often_for_fifty_rows_as_for_ten(client, alice):
    fill(10)
    client.get(LIST)
    few = queries(client)
    fill(40)
    assert queries(client) == few
    assert few < 40


def test_it_finds_by_number_name_address_phone_and_mail(client, alice):
    person = make_client(name="Жукова Анна")
    ContactPoint.objects.create(client=person, kind=ContactKind.PHONE, value="+48601000111")
    place = make_location(person, address="ul. Długa 12/4", phone="+48501234567", email="Anna@example.com")
    make_order(place, number="2026/77", contact_phone="+48502222333", contact_email="order@example.com")
    make_order(number="other")
    for words in (
        *("2026/7", "жукова", "ЖУКОВА", "Анна", "Długa 12", "501 234 567", "+48 (501) 234-567", "601000111"),
        *("502-222-333", "anna@example.com", "ORDER@example.com"),
    ):
        assert listed(client, q=words) == {"2026/77"}, words
    assert listed(client, q="nobody") == set()


@pytest.mark.parametrize(
    "words",
    [
        *("WX-1042", "wx-1042", "#WX-1042", "wx-1", "1042", "042"),  # a number, its beginning, its end
        *("1567", "34-567", "34 567", "1234567", "501 234 567"),  # a phone's last digits, all of it
        *("zolkiewska", "ŻÓŁKIEWSKA", "żółk", "anna zolk"),  # a name without its diacritics, the beginnings of two
        *("wspolna 17", "zolkiewska wspolna", "17 anna", "Wspólna 17/4"),  # words of name and address together
        *("zolkiewska 1042", "wspolna wx-1042"),  # with the order's number
        *("Anna@Example.com", "order@example.com"),
    ],
)
def test_it_finds_by_parts_and_by_words_of_several_fields(client, alice, words):
    place = make_location(
        make_client(name="Anna Żółkiewska"), address="ul. Wspólna 17/4", phone="+48501234567", email="anna@example.com"
    )
    make_order(place, number="WX-1042", contact_phone="+48602111567", contact_email="Order@example.com")
    other = make_location(make_client(name="Anna Nowak"), address="ul. Polna 17/4", phone="+48501234000")
    make_order(other, number="WX-2077", contact_phone="+48602111999")
    assert "WX-1042" in listed(client, q=words)
    if words not in {"wx-1", "17 anna"}:
        assert "WX-2077" not in listed(client, q=words)


@pytest.mark.parametrize("words", ["kiewska", "wspolna 18", "zolkiewska 2077", "9999", "%", "_", "'; DROP", "a* OR b"])
def test_what_fits_no_order_finds_none(client, alice, words):
    place = make_location(make_client(name="Anna Żółkiewska"), address="ul. Wspólna 17/4", phone="+48501234567")
    make_order(place, number="WX-1042")
    assert listed(client, q=words) == set()


def test_a_client_is_found_by_name_last_digits_and_place(client, alice):
    person = make_client(name="Anna Żółkiewska", external_id="K-17")
    ContactPoint.objects.create(client=person, kind=ContactKind.PHONE, value="+48601000111")
    make_location(person, address="ul. Wspólna 17/4", email="home@example.com")
    make_client(name="Anna Nowak")
    for words in ("zolk", "0111", "601 000 111", "zolkiewska wspolna 17", "home@example.com", "K-17"):
        found = client.get("/admin/locations/client/", {"q": words}).context["cl"].result_list
        assert list(found) == [person], words
    answer = client.get(
        "/admin/autocomplete/",
        {"app_label": "locations", "model_name": "location", "field_name": "client", "term": "zolkiewska"},
    )
    assert [row["id"] for row in answer.json()["results"]] == [str(person.pk)]


def test_the_words_follow_a_place_that_is_renamed(client, alice):
    place = make_location(make_client(name="Anna"), client_name="Anna", address="Polna 1")
    make_order(place, number="1")
    place.address = "Wspólna 17"
    place.save()
    assert (listed(client, q="wspolna"), listed(client, q="polna")) == ({"1"}, set())


def test_it_filters_by_stage_and_counts_each(client, alice):
    ready = make_stages()["ready"]
    make_order(number="1", stage=ready)
    make_order(number="2")
    answer = client.get(LIST, {"stage__id__exact": ready.pk})
    assert [order.number for order in answer.context["cl"].result_list] == ["1"]
    counts = {str(chip["name"]): chip["count"] for chip in answer.context["chips"]}
    assert (counts["Ready"], counts["New"], counts["Delivered"]) == ("1", "1", "0")


def test_it_shows_what_comes_next_and_what_went_wrong(client, alice):
    order = make_order(number="1")
    robot = make_robot(make_stages()["ready"])
    due = timezone.now() + datetime.timedelta(minutes=12)
    RobotStep.objects.create(robot=robot, robot_name="r", order=order, once_key="a", due_at=due)
    RobotStep.objects.create(robot=robot, robot_name="r", order=order, once_key="b", due_at=due, state=StepState.HELD)
    Message.objects.create(order=order, channel="sms", to="+48501234567", body="Hi", state=MessageState.IN_DOUBT)
    page = client.get(LIST).content.decode()
    assert "SMS in 12 min" in page
    assert ">in doubt</span>" in page
    assert ">held</span>" in page
    assert listed(client, trouble="held") == listed(client, trouble="in_doubt") == {"1"}
    assert listed(client, trouble="failed") == set()


def test_a_failure_that_was_sent_again_is_no_trouble_any_more(client, alice):
    order = make_order(number="1")
    failed = Message.objects.create(order=order, channel="sms", to="+48501234567", body="Hi", state=MessageState.FAILED)
    Message.objects.create(
        order=order, channel="sms", to="+48501234567", body="Hi", state=MessageState.DELIVERED, resend_of=failed
    )
    assert listed(client, trouble="failed") == set()
    assert ">failed</span>" not in client.get(LIST).content.decode()


def test_an_orders_page_says_what_will_come_and_what_has_been(client, alice):
    order = make_order(number="1")
    robot = make_robot(make_stages()["ready"], name="Ready to go")
    due = timezone.now() + datetime.timedelta(minutes=12)
    RobotStep.objects.create(robot=robot, robot_name="Ready to go", order=order, once_key="a", due_at=due)
    answer = client.get(f"{LIST}{order.pk}/change/")
    assert [entry.title for entry in answer.context["future"]] == ["Ready to go"]
    assert "New" in [entry.title for entry in answer.context["past"]]
    page = answer.content.decode()
    assert ">planned</span>" in page
    assert page.index("Ready to go") < page.index('class="g-now"')


def test_it_moves_many_at_once_and_says_how_many(client, alice):
    stages = make_stages()
    orders = [make_order() for _ in range(3)] + [make_order(stage=stages["ready"])]
    answer = client.post(
        LIST,
        {
            "action": f"move_to_stage_{stages['ready'].pk}",
            "_selected_action": [order.pk for order in orders],
            "do_not_notify": "on",
        },
        follow=True,
    )
    assert "3 orders moved to “Ready”. 1 stood there already." in sentences(answer)
    for order in orders[:3]:
        change = order.stage_changes.last()
        assert (change.to_stage, change.notify, change.by) == (stages["ready"], False, alice)
    assert orders[3].stage_changes.count() == 1


def test_who_may_only_look_is_offered_no_move(client):
    make_order()
    client.force_login(make_user("Operator"))
    assert "move_to_stage_" not in client.get(LIST).content.decode()


def test_it_escapes_what_customers_write(client, alice):
    person = make_client(name="<script>alert(1)</script>")
    order = make_order(make_location(person, address="<b>bold</b>"), number="<i>1</i>")
    for page in (LIST, f"{LIST}{order.pk}/change/"):
        text = client.get(page).content.decode()
        assert "<script>alert(1)" not in text
        assert "<b>bold" not in text
        assert "<i>1" not in text


def test_a_range_of_days_has_its_last_day_whole_and_bears_any_year(client, alice):
    noon = timezone.now().replace(hour=12)
    make_order(number="today", placed_at=noon)
    make_order(number="before", placed_at=noon - datetime.timedelta(days=3))
    day = timezone.localdate(noon).isoformat()
    assert listed(client, placed_at_from=day, placed_at_to=day) == {"today"}
    assert listed(client, placed_at_from="0001-01-01") == {"today", "before"}
    assert listed(client, placed_at_to="9999-12-31") == {"today", "before"}
    assert listed(client, placed_at_to="nonsense") == {"today", "before"}


def move_all(client, stage, **filters):
    address = f"{LIST}?{urlencode(filters)}" if filters else LIST
    fields = {"action": f"move_to_stage_{stage.pk}", "select_across": "1", "index": "0"}
    return client.post(address, {**fields, "_selected_action": [Order.objects.first().pk]}, follow=True)


def test_all_that_match_are_moved_not_the_page_alone(client, alice, monkeypatch):
    stages = make_stages()
    monkeypatch.setattr("notify_site.admin.orders.OrderAdmin.list_per_page", 5)
    fill(12)
    for _ in range(3):
        make_order(stage=stages["delivered"], notify=False)
    answer = move_all(client, stages["ready"], stage__id__exact=stages["new"].pk)
    assert "12 orders moved to “Ready”." in sentences(answer)
    assert Order.objects.filter(stage=stages["ready"]).count() == 12
    assert Order.objects.filter(stage=stages["delivered"]).count() == 3


def test_more_than_can_be_moved_at_once_are_refused_in_words(client, alice, monkeypatch):
    stages = make_stages()
    monkeypatch.setattr("locations.lists.paging.CAP", 3)
    fill(4)
    answer = move_all(client, stages["ready"])
    assert "More than 3 rows match" in sentences(answer)
    assert not Order.objects.filter(stage=stages["ready"]).exists()
