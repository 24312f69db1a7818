"""Stages: a fresh installation has six; one that orders know cannot be deleted, and the page says why."""

import pytest

from orders.models import Stage, StageKind
from orders.moves import move_to
from tests.makers import make_order, make_stages, make_user
from tests.site.pages import save, sentences

pytestmark = pytest.mark.django_db
LIST = "/admin/orders/stage/"


@pytest.fixture
def alice(client):
    user = make_user(is_superuser=True)
    client.force_login(user)
    return user


def test_a_fresh_installation_has_a_stage_of_each_kind():
    assert [stage.kind for stage in Stage.objects.all()] == [kind.value for kind in StageKind]


def test_it_keeps_a_stage_in_which_orders_stand(client, alice):
    order = make_order()
    answer = client.post(f"{LIST}{order.stage_id}/delete/", {"post": "yes"}, follow=True)
    assert "Orders stand in “New”" in sentences(answer)
    assert Stage.objects.filter(pk=order.stage_id).exists()


def test_it_keeps_a_stage_in_which_orders_have_been(client, alice):
    order, stages = make_order(), make_stages()
    move_to(order, stages["ready"])
    answer = client.post(f"{LIST}{stages['new'].pk}/delete/", {"post": "yes"}, follow=True)
    assert "rename it instead" in sentences(answer)
    assert Stage.objects.filter(pk=stages["new"].pk).exists()


def test_it_deletes_a_stage_nobody_knows(client, alice):
    stage = Stage.objects.create(name="Packed", kind=StageKind.PREPARING, position=9)
    client.post(f"{LIST}{stage.pk}/delete/", {"post": "yes"})
    assert not Stage.objects.filter(pk=stage.pk).exists()


def test_it_renames_a_stage(client, alice):
    stage = make_stages()["ready"]
    save(client, f"{LIST}{stage.pk}/change/", name="Gotowe")
    assert Stage.objects.get(pk=stage.pk).name == "Gotowe"
