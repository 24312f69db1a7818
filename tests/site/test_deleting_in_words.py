"""Pages of deletion count what hangs on a row, however much it is, and say what to do where it cannot go."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.models import ContactKind, ContactPoint, DeliveryZone, Department, Employee
from messaging.gateways.models import Gateway
from messaging.inbox.conversations.writing import Said, note, receive
from messaging.inbox.identity.finding import remember_address
from messaging.inbox.lines.lines import line_of
from messaging.inbox.models import AddressKind, Line, LineKind
from messaging.outbox.models import Message
from messaging.robots.models import RobotStep
from messaging.texts.models import TemplateText
from orders.models import Order, StageChange
from orders.moves import move_to
from tests.inbox.makers import make_conversation
from tests.makers import (
    make_client,
    make_department,
    make_gateway,
    make_location,
    make_order,
    make_robot,
    make_stages,
    make_template,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    client.force_login(make_user(is_superuser=True))
    return client


def test_a_department_with_orders_says_how_many_and_stays(alice):
    department = make_department()
    for _ in range(3):
        make_order(department=department)
    page = f"/admin/locations/department/{department.pk}/delete/"
    text = alice.get(page).content.decode()
    assert "3 orders stand on it. Move them first." in text
    assert "A-" not in text.split("3 orders stand on it")[1][:2000]
    alice.post(page, {"post": "yes"})
    assert Department.objects.filter(pk=department.pk).exists()


def test_the_page_asks_the_same_for_many_rows_as_for_few(alice):
    department = make_department()
    counts = []
    for more in (2, 20):
        for _ in range(more):
            make_order(department=department)
        with CaptureQueriesContext(connection) as seen:
            alice.get(f"/admin/locations/department/{department.pk}/delete/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_what_nothing_stands_on_goes(alice):
    zone, department = DeliveryZone.objects.create(name="North"), make_department()
    place = make_location(zone=zone)
    page = f"/admin/locations/deliveryzone/{zone.pk}/delete/"
    assert "1 client location stays, without it" in alice.get(page).content.decode()
    alice.post(page, {"post": "yes"})
    alice.post(f"/admin/locations/department/{department.pk}/delete/", {"post": "yes"})
    place.refresh_from_db()
    assert place.zone is None
    assert not DeliveryZone.objects.exists()
    assert not Department.objects.exists()


def test_an_order_with_steps_and_messages_can_be_deleted(alice):
    robot = make_robot(make_stages()["new"], delay_minutes=60)
    order = make_order()
    message = Message.objects.create(order=order, channel="sms", to="+48501234567", body="Hi")
    page = f"/admin/orders/order/{order.pk}/delete/"
    text = alice.get(page).content.decode()
    assert "1 step goes with it" in text
    alice.post(page, {"post": "yes"})
    assert not Order.objects.exists()
    assert not RobotStep.objects.filter(robot=robot).exists()
    message.refresh_from_db()
    assert (message.order, message.state) == (None, "cancelled")


def test_a_gateway_that_carried_very_much_is_switched_off_instead(alice, monkeypatch):
    monkeypatch.setattr("locations.lists.deleting.MOST_CHANGED", 2)
    gateway = make_gateway()
    for _ in range(3):
        Message.objects.create(gateway=gateway, channel="sms", to="+48501234567", body="Hi")
    page = f"/admin/gateways/gateway/{gateway.pk}/delete/"
    text = alice.get(page).content.decode()
    assert "3 messages stand on it. Take the tick at “On” away instead" in text
    alice.post(page, {"post": "yes"})
    assert Message.objects.filter(gateway=gateway).count() == 3


def test_a_gateway_that_clients_write_to_goes_and_what_they_said_stays(alice):
    gateway = make_gateway("sandbox_sms")
    line = line_of(gateway, LineKind.SMS)
    conversation = make_conversation()
    remember_address(conversation, AddressKind.PHONE, "+48501234567", line)
    said = receive(conversation, Said("Where is it?"), line)
    sent = Message.objects.create(gateway=gateway, channel="sms", to="+48501234567", body="Hi", state="sent")
    page = f"/admin/gateways/gateway/{gateway.pk}/delete/"
    assert "1 line goes with it" in alice.get(page).content.decode()
    assert alice.post(page, {"post": "yes"}, follow=True).status_code == 200
    assert not Gateway.objects.exists()
    assert not Line.objects.filter(kind=LineKind.SMS).exists()
    said.refresh_from_db()
    sent.refresh_from_db()
    assert (said.text, said.line, sent.gateway) == ("Where is it?", None, None)
    assert alice.get(f"/inbox/{conversation.pk}/").status_code == 200
    assert alice.get("/inbox/").status_code == 200


def test_a_user_who_worked_here_goes_and_what_they_did_stays(alice):
    bob = make_user("Operator", username="bob", first_name="Bob")
    department = make_department()
    Employee.objects.create(user=bob).departments.add(department)
    order = make_order()
    move_to(order, make_stages()["ready"], by=bob)
    conversation = make_conversation(assignee=bob)
    written = note(conversation, Said("It is on its way"), author=bob)
    TemplateText.objects.filter(template=make_template()).update(by=bob)
    page = f"/admin/auth/user/{bob.pk}/delete/"
    assert "stays, without it" in alice.get(page).content.decode()
    assert alice.post(page, {"post": "yes"}, follow=True).status_code == 200
    assert not User.objects.filter(username="bob").exists()
    written.refresh_from_db()
    assert (written.text, written.author) == ("It is on its way", None)
    assert StageChange.objects.filter(order=order, by=None).exists()
    assert alice.get(f"/inbox/{conversation.pk}/").status_code == 200
    assert alice.get(f"/admin/orders/order/{order.pk}/change/").status_code == 200


def test_many_rows_chosen_in_a_list_are_counted_too(alice):
    kept, gone = make_department(), make_department()
    make_order(department=kept)
    chosen = {"action": "delete_selected", "_selected_action": [kept.pk, gone.pk]}
    text = alice.post("/admin/locations/department/", chosen).content.decode()
    assert f"<li>{kept}: 1 order stands on it." in text


def test_who_may_not_delete_is_refused(client):
    person = make_client()
    ContactPoint.objects.create(client=person, kind=ContactKind.PHONE, value="+48601000111")
    client.force_login(make_user("Operator"))
    assert client.post(f"/admin/locations/client/{person.pk}/delete/", {"post": "yes"}).status_code == 403
