"""A corrected address makes a stranger of nobody, at every door; what is foretold is what follows (decision 22)."""

import pytest
from django.urls import reverse

from locations.models import Client
from orders.models import Order
from tests.imports.sending import counts, fault, press, run_tasks, send, table, upload
from tests.makers import make_gateway, make_location, make_order, make_robot, make_stages
from tests.running_worker import received, run_worker
from tests.site.pages import save

PHONE = "501234567"


@pytest.fixture
def boss(client, alice):
    alice.is_superuser = True
    alice.save()
    client.force_login(alice)
    return client


@pytest.fixture
def telling():
    make_gateway()
    return make_robot(make_stages()["new"])


def commit(page, run):
    run = press(page, "commit", run)
    run_tasks()
    run_worker()
    run.refresh_from_db()
    return run


def test_a_corrected_address_keeps_the_client_who_wants_no_sms(boss):
    make_gateway()
    make_robot(event="arrival", only_while_driver_live=False)
    send(boss, fault("who_address_corrected_1"))
    jan = Order.objects.get(number="AC-1").client
    save(boss, f"/admin/locations/client/{jan.pk}/change/", allow_sms=None)
    arrival = b";plannedArrival\r\n"
    lines = fault("who_address_corrected_2").split(b"\r\n")
    with_arrival = lines[0] + arrival + lines[1] + b";01.06.2037 12:00\r\n" + lines[2] + b";\r\n"
    run = upload(boss, with_arrival, notify="on")
    assert run.preview["will_follow"] == 0
    assert "outbox.off_for_client" in run.preview["reasons"]
    commit(boss, run)
    order = Order.objects.get(number="AC-1")
    assert (order.location.address, order.client) == ("ul. Polna 1, Lublin", jan)
    assert Client.objects.count() == 2


@pytest.mark.parametrize("phone", ["", "502345678"])
def test_the_order_keeps_its_client_whatever_phone_the_file_has(boss, phone):
    send(boss, table({"contactPhone": PHONE}))
    first = Order.objects.get().client
    send(boss, table({"contactPhone": phone, "address": "Corrected Street 1"}))
    assert Order.objects.get().client == first
    assert Client.objects.count() == 1


def test_another_name_is_another_client(boss):
    send(boss, table({"contactPhone": PHONE}))
    send(boss, table({"contactPhone": PHONE, "clientName": "Ewa Sum"}))
    assert {client.name for client in Client.objects.all()} == {"Anna Nowak", "Ewa Sum"}


def test_the_orders_form_keeps_the_client_when_the_address_is_corrected(boss):
    order = make_order(contact_phone="")
    before = order.client
    save(boss, f"/admin/orders/order/{order.pk}/change/", address="Corrected Street 1")
    order.refresh_from_db()
    assert (order.location.address, order.client, Client.objects.count()) == ("Corrected Street 1", before, 1)


def test_the_orders_form_leaves_an_order_to_the_client_it_was_given_to(boss):
    order = make_order()
    given = make_location().client
    Order.objects.update(client=given)
    save(boss, f"/admin/orders/order/{order.pk}/change/", comment="ring twice")
    order.refresh_from_db()
    assert order.client == given


def test_preview_and_commit_judge_the_client_of_a_place_met_in_another_chunk(boss, telling):
    make_location(client_name="X", address="Y").client.contact_points.all()
    known = make_order(make_location(client_name="Anna Nowak", address="Old Street 1"), notify=False)
    Client.objects.filter(pk=known.client_id).update(external_id="77", allow_sms=False)
    rows = [{"clientName": f"Client {number}", "address": "Far"} for number in range(1, 1001)]
    rows[0] = {"clientId": "77", "contactPhone": PHONE}
    content = table(*rows, {"contactPhone": PHONE})
    run = upload(boss, content, notify="on")
    assert (run.preview["will_follow"], run.preview["reasons"]["outbox.off_for_client"]) == (0, 2)
    run = commit(boss, run)
    assert received() == []
    assert run.preview["new_clients"] == run.report["new_clients"] == 999


def test_a_silent_file_tells_nobody_about_orders_that_are_over(page):
    make_gateway()
    make_robot(event="arrival", only_while_driver_live=False, body="The courier comes, {order_number}")
    run = upload(page, fault("say_cancelled_with_an_arrival").replace(b"2027", b"2037"))
    assert run.preview["will_follow"] == 1
    commit(page, run)
    steps = list(Order.objects.filter(robot_steps__isnull=False).values_list("number", flat=True))
    assert steps == ["CA-3"]


def test_an_arrival_that_a_second_file_brings_is_foretold(page):
    make_gateway()
    make_robot(event="arrival", only_while_driver_live=False)
    send(page, fault("say_arrival_added_later_1"))
    run = upload(page, fault("say_arrival_added_later_2").replace(b"2027", b"2037"))
    assert run.preview["will_follow"] == 1
    html = page.get(reverse("admin:imports_import_change", args=[run.pk])).content.decode()
    assert "1 message will follow." in html
    commit(page, run)
    assert Order.objects.get().robot_steps.count() == 1


def test_a_file_that_cancels_and_dates_an_order_at_once_tells_nobody(page):
    make_gateway()
    make_robot(event="arrival", only_while_driver_live=False)
    send(page, table({"contactPhone": PHONE}))
    run = upload(page, table({"contactPhone": PHONE, "stage": "Cancelled", "plannedArrival": "2037-06-01 12:00"}))
    assert run.preview["will_follow"] == 0
    commit(page, run)
    assert not Order.objects.get().robot_steps.exists()


def test_a_silent_file_does_not_tell_of_an_arrival_whose_moment_has_passed(page, time_machine):
    time_machine.move_to("2026-06-01T09:45:00Z", tick=False)
    make_gateway()
    make_robot(event="arrival", only_while_driver_live=False)
    send(page, table({"contactPhone": PHONE}))
    run = upload(page, table({"contactPhone": PHONE, "plannedArrival": "2026-06-01 12:00"}))
    assert run.preview["will_follow"] == 0
    commit(page, run)
    assert received() == []


def test_no_thanks_are_planned_for_an_order_that_comes_in_cancelled(page):
    make_gateway()
    make_robot(event="order_placed", only_if_delivered=False)
    run = upload(page, table({"contactPhone": PHONE, "stage": "Cancelled"}), notify="on")
    assert run.preview["will_follow"] == 0
    commit(page, run)
    assert not Order.objects.get().robot_steps.exists()


def test_an_email_in_capitals_is_the_same_address(page):
    send(page, table({"contactEmail": "Anna@Example.com"}))
    run = send(page, table({"contactEmail": "anna@example.com"}))
    assert counts(run) == (0, 0, 1, 0)
    assert Client.objects.get().contact_points.get().value == "anna@example.com"
