"""A name with its accents apart (NFD, as some keyboards and files write) is the same name at every door."""

import unicodedata

import pytest

from locations.models import Client, DeliveryZone, Department, Location
from orders.models import Order, Stage
from tests.imports.sending import press, run_tasks, table, upload
from tests.makers import make_client, make_location, make_stages, make_user
from tests.migrated import run_again
from tests.site.pages import faults, save

pytestmark = pytest.mark.django_db
WHOLE = "Łódź Żółta"
APART = unicodedata.normalize("NFD", WHOLE)


@pytest.fixture
def boss(client):
    make_stages()
    client.force_login(make_user(username="alice", is_superuser=True))
    return client


@pytest.mark.parametrize(
    ("address", "model", "fields"),
    [
        ("/admin/locations/department/add/", Department, {}),
        ("/admin/locations/deliveryzone/add/", DeliveryZone, {}),
        ("/admin/orders/stage/add/", Stage, {"kind": "ready", "position": "9"}),
        ("/admin/locations/client/add/", Client, {}),
    ],
)
def test_a_form_stores_it_whole_and_knows_it_again(boss, address, model, fields):
    assert not faults(save(boss, address, name=f" {APART}", **fields))
    assert model.objects.filter(name=WHOLE).exists()
    if model is not Client:  # two people may have one name
        assert "name" in faults(save(boss, address, name=APART, **fields))


def test_old_names_are_found_by_files(boss):
    department, zone = Department.objects.create(name=APART), DeliveryZone.objects.create(name=APART)
    stage = Stage.objects.create(name=APART, kind="ready", position=9)
    place = make_location(make_client(name=APART), client_name=APART, address=f"{APART} 5")
    run_again("locations", "0007_composed_names")
    run_again("orders", "0008_composed_stages")
    row = {"clientName": WHOLE, "address": f"{WHOLE} 5", "department": WHOLE, "stage": WHOLE, "deliveryZone": WHOLE}
    press(boss, "commit", upload(boss, table(row)))
    run_tasks()
    order = Order.objects.get()
    assert (order.department, order.stage, order.location) == (department, stage, place)
    assert Client.objects.get().name == WHOLE
    assert list(DeliveryZone.objects.all()) == [zone]


def test_where_the_whole_name_is_another_row_both_stay():
    for name in (APART, WHOLE):
        Department.objects.create(name=name)
        Stage.objects.create(name=name, kind="ready", position=9)
        Location.objects.create(client_name=name, address="Long 1")
    run_again("locations", "0007_composed_names")
    run_again("orders", "0008_composed_stages")
    assert set(Department.objects.values_list("name", flat=True)) == {APART, WHOLE}
    assert Stage.objects.filter(name__in=[APART, WHOLE]).count() == 2
    assert set(Location.objects.values_list("client_name", flat=True)) == {APART, WHOLE}
