"""A page for a role is two places, the menu and the table of roles: a throw-away one is added and opened."""

import pytest
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from notify_site import menu, roles
from orders.models import Stage
from tests.inbox.makers import logged_in
from tests.makers import make_user

PAGE, RIGHT = "/painting/", "orders.paint_stage"
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@permission_required(RIGHT, raise_exception=True)
def paint(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("Painting")


urlpatterns = [path("painting/", admin.site.admin_view(paint), name="painting"), path("", include("notify_site.urls"))]


@pytest.fixture
def new_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that has one page more, with a right of its own: its model, its lines in the menu and of the role."""
    monkeypatch.setattr(Stage._meta, "permissions", [("paint_stage", "Can paint stages")])
    settings = menu.MENU[-1]
    monkeypatch.setattr(
        menu, "MENU", [*menu.MENU[:-1], (settings[0], [*settings[1], ("Painting", "brush", "painting", RIGHT)])]
    )
    seller = {**roles.ROLES["Seller"], "orders.stage": ("view", "paint")}
    monkeypatch.setattr(roles, "ROLES", {**roles.ROLES, "Seller": seller})


def sees(client: Client) -> tuple[bool, int]:
    """Whether the page stands in the menu, and what it answers."""
    return f'href="{PAGE}"' in client.get("/admin/").content.decode(), client.get(PAGE).status_code


def test_after_an_update_the_role_sees_the_page_and_no_other_role_does(new_page):
    call_command("migrate", verbosity=0)
    assert sees(logged_in(make_user("Seller"))) == (True, 200)
    assert sees(logged_in(make_user("Operator"))) == (False, 403)


def test_an_update_gives_back_nothing_that_a_company_took_away(new_page):
    seller = Group.objects.get(name="Seller")
    seller.permissions.remove(Permission.objects.get(codename="change_order"))
    Group.objects.get(name="Operator").delete()
    call_command("migrate", verbosity=0)
    right = Permission.objects.get(codename="paint_stage")
    assert right in seller.permissions.all()
    seller.permissions.remove(right)
    call_command("migrate", verbosity=0)
    assert not seller.permissions.filter(codename__in=["paint_stage", "change_order"]).exists()
    assert not Group.objects.filter(name="Operator").exists()
