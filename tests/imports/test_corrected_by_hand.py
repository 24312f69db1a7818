"""What a file said before is no news, whether or not it moved anything (decision 23)."""

import pytest
from django.urls import reverse

from orders.models import Order, Stage
from orders.moves import move_to
from tests.imports.sending import counts, fault, notes, send, table, upload
from tests.makers import make_stages
from tests.site.pages import save

FULL = {
    "contactPhone": "501234567",
    "contactEmail": "anna@example.com",
    "total": "10",
    "plannedArrival": "01.06.2037 12:00",
}


@pytest.fixture
def boss(client, alice):
    alice.is_superuser = True
    alice.save()
    client.force_login(alice)
    return client


def test_a_stage_that_a_file_said_before_moves_nothing_back(page):
    stages = make_stages()
    send(page, fault("say_stage_1_new"))
    order = Order.objects.get()
    move_to(order, stages["preparing"])
    run = upload(page, fault("say_stage_2_preparing"))  # nothing to import, says the page: so nobody does
    assert counts(run) == (0, 0, 1, 0)
    move_to(order, stages["ready"])
    run = upload(page, fault("say_stage_2_preparing"))
    assert counts(run) == (0, 0, 1, 0)
    html = page.get(reverse("admin:imports_import_change", args=[run.pk])).content.decode()
    assert "kept: corrected by hand" in html
    send(page, fault("say_stage_2_preparing"))
    order.refresh_from_db()
    assert order.stage == stages["ready"]


@pytest.mark.parametrize(
    ("typed", "field", "kept"),
    [
        ({"contact_phone": "+48601000222"}, "contact_phone", "+48601000222"),
        ({"contact_email": "ewa@example.com"}, "contact_email", "ewa@example.com"),
        ({"total": "12"}, "total", "12.00"),
        ({"planned_arrival_0": "2037-06-02", "planned_arrival_1": "13:00"}, "planned_arrival", "2037-06-02 11:00"),
        ({"address": "Corrected Street 1"}, "location", "Anna Nowak, Corrected Street 1"),
    ],
)
def test_a_value_corrected_by_hand_is_not_put_back(boss, typed, field, kept):
    send(boss, table(FULL))
    order = Order.objects.get()
    save(boss, f"/admin/orders/order/{order.pk}/change/", **typed)
    run = upload(boss, table(FULL))
    assert (counts(run), run.preview["noted"]) == ((0, 0, 1, 0), 1)
    assert "kept: corrected by hand" in notes(run)[0]
    send(boss, table(FULL))
    order.refresh_from_db()
    value = getattr(order, field)
    assert str(getattr(value, "as_e164", value)).startswith(kept)


def test_another_value_is_news_and_wins(boss):
    send(boss, table(FULL))
    order = Order.objects.get()
    save(boss, f"/admin/orders/order/{order.pk}/change/", total="12", address="Corrected Street 1")
    run = send(boss, table({**FULL, "total": "15", "address": "New Street 2"}))
    assert counts(run) == (0, 1, 0, 0)
    order.refresh_from_db()
    assert (str(order.total), order.location.address) == ("15.00", "New Street 2")


def test_a_value_typed_before_any_file_said_one_is_replaced(boss):
    send(boss, table({}))
    order = Order.objects.get()
    save(boss, f"/admin/orders/order/{order.pk}/change/", total="12")
    send(boss, table({"total": "10"}))
    order.refresh_from_db()
    assert str(order.total) == "10.00"


def test_the_stage_of_a_new_order_counts_as_said(page):
    stages = make_stages()
    send(page, table({"stage": "New"}))
    order = Order.objects.get()
    move_to(order, stages["delivered"])
    assert counts(send(page, table({"stage": "New"}))) == (0, 0, 1, 0)
    assert Order.objects.get().stage == Stage.objects.get(pk=stages["delivered"].pk)
