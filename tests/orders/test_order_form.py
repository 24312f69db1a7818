"""The order's form: a new order is a move, an old page undoes nothing, and its verdicts are an import's."""

import datetime
import unicodedata

import pytest
import time_machine
from django.utils import timezone

from locations.models import Client, Company, Location
from orders.models import Order, StageChange
from orders.moves import move_to, reschedule_orders
from tests.makers import make_department, make_location, make_order, make_stages, make_user
from tests.site.pages import faults, save, sentences

pytestmark = pytest.mark.django_db
ADD = "/admin/orders/order/add/"


@pytest.fixture
def alice(client):
    user = make_user(username="alice", is_superuser=True)
    client.force_login(user)
    return user


def page(order):
    return f"/admin/orders/order/{order.pk}/change/"


def new_order(client, **fields):
    return save(client, ADD, **({"number": "A-1", "client_name": "Ewa Nowak", "address": "Long Street 1"} | fields))


def test_it_places_a_new_order_into_the_first_stage(client, alice):
    stages = make_stages()
    assert not faults(new_order(client))
    change = StageChange.objects.get()
    assert change.order.number == "A-1"
    assert (change.from_stage, change.to_stage, change.by, change.notify) == (None, stages["new"], alice, True)


def test_it_places_a_new_order_into_the_chosen_stage_without_telling_anybody(client, alice):
    ready = make_stages()["ready"]
    new_order(client, new_stage=ready.pk, do_not_notify="on")
    change = StageChange.objects.get()
    assert (change.order.stage, change.to_stage, change.notify) == (ready, ready, False)


def test_it_makes_the_client_and_the_location_of_a_new_order(client, alice):
    new_order(client, contact_phone="501 234 567", contact_email="ewa@example.com")
    location = Location.objects.get()
    assert (location.client_name, location.address) == ("Ewa Nowak", "Long Street 1")
    assert (str(location.phone.as_e164), location.email) == ("+48501234567", "ewa@example.com")
    assert Client.objects.get().name == "Ewa Nowak"


def test_it_uses_the_location_that_matches_to_the_last_comma(client, alice):
    new_order(client)
    new_order(client, number="A-2", contact_email="ewa@example.com")
    new_order(client, number="A-3", address="Long Street, 1")
    assert Location.objects.count() == 2
    first = Location.objects.get(address="Long Street 1")
    assert first.orders.count() == 2
    assert first.email == "ewa@example.com"


def test_it_takes_the_same_client_for_the_same_name_and_phone_only(client, alice):
    new_order(client, contact_phone="501234567")
    new_order(client, number="A-2", address="Short Street 2", contact_phone="+48 501-234-567")
    new_order(client, number="A-3", address="Short Street 3", contact_phone="+48601234567")
    assert Client.objects.count() == 2


def test_it_reads_a_phone_by_the_departments_country(client, alice):
    department = make_department(country="UA")
    new_order(client, department=department.pk, contact_phone="050 123 45 67")
    assert Order.objects.get().contact_phone.as_e164 == "+380501234567"


def test_it_reads_amounts_with_a_comma_and_takes_the_companys_currency(client, alice):
    new_order(client, total="1 234,50")
    order = Order.objects.get()
    assert (str(order.total), order.currency) == ("1234.50", "PLN")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("contact_email", "ewa"),
        ("contact_email", "ewa nowak@example.com"),
        ("contact_email", "эва@example.com"),
        ("contact_phone", "12345"),
        ("contact_phone", "4.85E+10"),
        ("contact_phone", "501 234 567, 502 345 678"),
        ("contact_phone", "501 234 567 Jan"),
        ("currency", "XXQ"),
        ("total", "12 50"),
        ("total", "a lot"),
        ("client_name", "x" * 256),
    ],
)
def test_it_refuses_in_words_under_the_field(client, alice, field, text):
    answer = new_order(client, **{field: text})
    assert list(faults(answer)) == [field]
    assert not Order.objects.exists()
    assert not Location.objects.exists()


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("contact_phone", "12345", "“12345” is not a phone number in PL: write it like +48 512 345 678."),
        ("contact_email", "ewa", "“ewa” is not an e-mail address; write it like name@example.com."),
        ("total", "a lot", "“a lot” is not an amount: write it like 1234.50 or 1 234,50, without a currency."),
    ],
)
def test_it_says_what_to_write_instead_as_an_import_does(client, alice, field, text, sentence):
    assert faults(new_order(client, **{field: text})) == {field: [sentence]}


@pytest.mark.parametrize("address", ["address@domain.ru", "a-1@b-2.ru"])
def test_it_accepts_plain_addresses(client, alice, address):
    assert not faults(new_order(client, contact_email=address))


def test_it_refuses_a_number_that_is_there_already(client, alice):
    new_order(client)
    assert "number" in faults(new_order(client))
    assert Order.objects.count() == 1


def test_it_says_so_when_there_is_no_stage_at_all(client, alice):
    StageChange.objects.all().delete()
    for stage in make_stages().values():
        stage.delete()
    answer = new_order(client)
    assert "There is no stage yet" in str(faults(answer))


def test_it_moves_an_order_when_a_stage_is_chosen(client, alice):
    order, ready = make_order(), make_stages()["ready"]
    save(client, page(order), new_stage=ready.pk, comment="by the door")
    order.refresh_from_db()
    assert (order.stage, order.comment) == (ready, "by the door")
    assert order.stage_changes.last().by == alice


def test_it_leaves_the_stage_alone_when_the_page_was_opened_before_a_move(client, alice):
    order, ready = make_order(), make_stages()["ready"]
    old_page = client.get(page(order))
    move_to(order, ready)
    assert not faults(save(client, page(order), old_page, comment="late"))
    order.refresh_from_db()
    assert (order.stage, order.comment) == (ready, "late")
    assert order.stage_changes.count() == 2


def test_it_leaves_the_arrival_alone_when_the_page_was_opened_before_a_rescheduling(client, alice):
    noon = timezone.now().replace(microsecond=0) + datetime.timedelta(hours=3)
    order = make_order(planned_arrival=noon)
    old_page = client.get(page(order))
    later = noon + datetime.timedelta(hours=1)
    reschedule_orders([(order, later)])
    save(client, page(order), old_page, comment="late")
    order.refresh_from_db()
    assert (order.planned_arrival, order.comment) == (later, "late")


def test_it_reschedules_when_the_arrival_was_changed(client, alice):
    order = make_order()
    save(client, page(order), planned_arrival_0="2030-05-01", planned_arrival_1="15:00:00")
    order.refresh_from_db()
    assert timezone.localtime(order.planned_arrival).isoformat() == "2030-05-01T15:00:00+02:00"


def test_times_go_into_the_browsers_own_fields_and_back_to_the_second(client, alice):
    placed = datetime.datetime(2030, 5, 1, 10, 20, 30, tzinfo=datetime.UTC)
    arrival = datetime.datetime(2030, 5, 1, 11, 0, 15, tzinfo=datetime.UTC)
    order = make_order(placed_at=placed, planned_arrival=arrival)
    shown = client.get(page(order))
    assert 'type="date"' in str(shown.context["adminform"].form["placed_at"])
    save(client, page(order), shown, comment="late")
    order.refresh_from_db()
    assert (order.placed_at, order.planned_arrival, order.comment) == (placed, arrival, "late")


def test_an_order_that_is_there_is_moved_by_its_buttons_only(client, alice):
    assert client.get(page(make_order())).content.decode().count("Move to") == 1
    assert 'name="new_stage"' in client.get(ADD).content.decode()


def test_times_are_the_companys(client, alice):
    Company.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Kyiv"})
    order = make_order()
    page_after = save(client, page(order), planned_arrival_0="2030-05-01", planned_arrival_1="15:00:00", _continue="1")
    order.refresh_from_db()
    assert order.planned_arrival.isoformat() == "2030-05-01T12:00:00+00:00"
    assert "15:00:00" in page_after.content.decode()


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Bangkok", "it is 19:00"), ("", ""), ("Europe/Berlin", "")])
def test_the_customers_clock_stands_on_the_page_where_it_differs(client, alice, zone, shown):
    order = make_order(make_location(time_zone=zone))
    with time_machine.travel(datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC), tick=False):
        page = client.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert shown in page
    assert ("at the customer" in page) is bool(shown)


def test_it_makes_no_second_visit_of_the_stage_the_order_stands_in(client, alice):
    order = make_order()
    save(client, page(order), new_stage=order.stage_id)
    assert order.stage_changes.count() == 1


def test_it_takes_an_order_to_another_place_and_so_to_its_client(client, alice):
    order = make_order()
    save(client, page(order), address="Elsewhere 5")
    order.refresh_from_db()
    assert order.location.address == "Elsewhere 5"
    assert order.client == order.location.client
    assert Location.objects.count() == 2


def test_a_button_moves_the_order_and_the_tick_keeps_it_silent(client, alice):
    order, ready = make_order(), make_stages()["ready"]
    client.post(f"/admin/orders/order/{order.pk}/move/", {"stage": ready.pk, "do_not_notify": "1"})
    change = order.stage_changes.last()
    assert (change.to_stage, change.notify, change.by) == (ready, False, alice)


def test_a_move_needs_a_post_and_the_right_to_change_orders(client):
    order, ready = make_order(), make_stages()["ready"]
    url = f"/admin/orders/order/{order.pk}/move/"
    client.force_login(make_user("Operator"))
    assert client.post(url, {"stage": ready.pk}).status_code == 403
    client.force_login(make_user("Dispatcher"))
    assert client.get(url, {"stage": ready.pk}).status_code == 403
    assert order.stage_changes.count() == 1
    assert client.post(url, {"stage": ready.pk}).status_code == 302
    assert order.stage_changes.count() == 2


@pytest.mark.parametrize(
    ("day", "instant", "word"),
    [
        ("2027-03-28", "2027-03-28T01:30:00+00:00", "does not exist"),
        ("2027-10-31", "2027-10-31T00:30:00+00:00", "comes twice"),
    ],
)
def test_a_time_of_the_night_when_clocks_change_is_read_with_a_word(client, alice, day, instant, word):
    order = make_order()
    answer = save(client, page(order), planned_arrival_0=day, planned_arrival_1="02:30:00")
    order.refresh_from_db()
    assert order.planned_arrival.isoformat() == instant
    assert word in sentences(answer)


def test_a_time_that_comes_twice_stays_the_second_while_nobody_types_it(client, alice):
    second = datetime.datetime(2027, 10, 31, 1, 30, tzinfo=datetime.UTC)
    order = make_order(placed_at=second, planned_arrival=second)
    answer = save(client, page(order), comment="late")
    order.refresh_from_db()
    assert (order.placed_at, order.planned_arrival, order.comment) == (second, second, "late")
    assert "comes twice" not in sentences(answer)


def test_the_total_follows_from_its_parts_where_it_is_not_typed(client, alice):
    new_order(client, subtotal="100", discount="10")
    order = Order.objects.get()
    assert (str(order.total), order.currency) == ("90.00", "PLN")
    assert "discount" in faults(new_order(client, number="A-2", subtotal="10", discount="20"))


def test_the_time_of_acceptance_can_be_typed(client, alice):
    new_order(client, accepted_at_0="2030-05-01", accepted_at_1="15:00:00", promised_minutes="45")
    assert Order.objects.get().predicted_at.isoformat() == "2030-05-01T13:45:00+00:00"


def test_a_name_typed_decomposed_is_the_place_that_files_name(client, alice):
    decomposed = unicodedata.normalize("NFD", "Łódź, Żółta 5")
    save(client, "/admin/locations/location/add/", client_name="Zoë", address=decomposed)
    new_order(client, client_name="Zoë", address="Łódź, Żółta 5")
    assert Location.objects.count() == 1
