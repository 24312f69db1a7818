"""Who may look at imports, who may import, and who is sent to the login."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from orders.imports.models import Import, ImportState
from tests.imports.sending import table, upload
from tests.makers import make_user


def addresses(run):
    names = ["change", "progress", "refused", "answers", "commit", "cancel", "continue"]
    own = [reverse(f"admin:imports_import_{name}", args=[run.pk]) for name in names]
    return [*own, *(reverse(f"admin:imports_import_{name}") for name in ("changelist", "add", "example"))]


@pytest.fixture
def run(page):
    return upload(page, table({}))


def test_it_sends_strangers_to_the_login(client, run):
    client.logout()
    for address in addresses(run):
        for ask in (client.get, client.post):
            answer = ask(address)
            assert answer.status_code == 302, address
            assert answer.url.startswith("/admin/login/"), address


def test_it_refuses_staff_without_the_permission(client, run):
    client.force_login(make_user())
    for address in addresses(run):
        for ask in (client.get, client.post):
            assert ask(address).status_code in {403, 405}, address


def test_it_lets_look_without_letting_import(client, run):
    charlie = make_user()
    charlie.user_permissions.add(Permission.objects.get(codename="view_import"))
    client.force_login(charlie)
    html = client.get(reverse("admin:imports_import_change", args=[run.pk])).content.decode()
    assert "You may look at imports, but not start them." in html
    assert client.get(reverse("admin:imports_import_add")).status_code == 403
    for name in ("answers", "commit", "cancel", "continue"):
        assert client.post(reverse(f"admin:imports_import_{name}", args=[run.pk])).status_code == 403
    run.refresh_from_db()
    assert run.state == ImportState.CHECKED


def test_it_lets_nobody_delete_or_change_a_report(page, run):
    assert page.get(reverse("admin:imports_import_delete", args=[run.pk])).status_code == 403
    assert page.post(reverse("admin:imports_import_commit", args=[run.pk + 1])).status_code == 404
    assert Import.objects.exists()
