"""Each role sees what its work needs, and nothing else opens for it."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client

from notify_site.roles import ROLES, permissions_of
from tests.makers import make_order, make_user

pytestmark = pytest.mark.django_db
ORDERS, CLIENTS, PLACES = "/admin/orders/order/", "/admin/locations/client/", "/admin/locations/location/"
MESSAGES, STEPS = "/admin/outbox/message/", "/admin/robots/robotstep/"
ROBOTS, TEMPLATES = "/admin/robots/robot/", "/admin/texts/messagetemplate/"
IMPORTS, DEPARTMENTS = "/admin/imports/import/", "/admin/locations/department/"
GATEWAYS, COMPANY = "/admin/gateways/gateway/", "/admin/locations/company/"
USERS, GROUPS = "/admin/auth/user/", "/admin/auth/group/"
EVERY_PAGE = {
    *(ORDERS, CLIENTS, PLACES, MESSAGES, STEPS, ROBOTS, TEMPLATES, IMPORTS, DEPARTMENTS, GATEWAYS, COMPANY, USERS),
    GROUPS,
}
DAILY = {ORDERS, CLIENTS, PLACES, MESSAGES, STEPS}
SEES = {
    "System administrator": EVERY_PAGE,
    "Manager": EVERY_PAGE - {GATEWAYS, COMPANY, USERS, GROUPS},
    "Dispatcher": DAILY | {ROBOTS, TEMPLATES, IMPORTS, DEPARTMENTS},
    "Seller": DAILY | {DEPARTMENTS},
    "Operator": DAILY,
}
ADDS = {
    "System administrator": {ORDERS, CLIENTS, PLACES, ROBOTS, TEMPLATES, DEPARTMENTS, USERS},
    "Manager": {ORDERS, CLIENTS, PLACES, ROBOTS, TEMPLATES, DEPARTMENTS},
    "Dispatcher": {ORDERS, CLIENTS, PLACES},
    "Seller": {ORDERS, CLIENTS, PLACES},
    "Operator": set(),
}


def opens(client: Client, address: str) -> bool:
    answer = client.get(address, follow=True)  # company settings lead from the list to the one row
    assert answer.status_code in {200, 403}, f"{address}: {answer.status_code}"
    return answer.status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_its_pages_and_no_others(client: Client, role: str):
    user = make_user(role)
    answer = client.post("/admin/login/?next=/admin/", {"username": user.username, "password": "secret"})
    assert answer["Location"] == "/admin/"
    assert {page for page in EVERY_PAGE if opens(client, page)} == SEES[role]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_adds_what_it_may_and_nothing_else(client: Client, role: str):
    client.force_login(make_user(role))
    pages = {ORDERS, CLIENTS, PLACES, ROBOTS, TEMPLATES, DEPARTMENTS, USERS}
    assert {page for page in pages if opens(client, f"{page}add/")} == ADDS[role]


def test_an_operator_reads_an_order_and_changes_none(client: Client):
    client.force_login(make_user("Operator"))
    order = make_order(comment="as it was")
    address = f"{ORDERS}{order.pk}/change/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"comment": "changed"}).status_code == 403
    order.refresh_from_db()
    assert order.comment == "as it was"


@pytest.mark.parametrize("role", ROLES)
def test_the_database_gives_each_role_what_the_table_says(role: str):
    given = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    assert set(given) == permissions_of(role)


def test_every_right_in_the_table_exists():
    known = set(Permission.objects.values_list("content_type__app_label", "codename"))
    for role in ROLES:
        assert permissions_of(role) <= known, role


def test_everything_in_the_admin_is_seen_by_the_system_administrator():
    shown = {f"{model._meta.app_label}.{model._meta.model_name}" for model in admin.site._registry}
    assert shown <= ROLES["System administrator"].keys()
    assert all(apps.get_model(name) for name in ROLES["System administrator"])
