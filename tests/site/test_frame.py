"""The frame: a menu of what one may see, no page that runs any callable, its languages, users as they are."""

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from tests.inbox.makers import make_conversation
from tests.makers import make_order, make_user
from tests.site.pages import faults, save

pytestmark = pytest.mark.django_db
EVERYTHING = {"Dashboard", "Orders", "Import", "Clients", "Client locations", "Messages", "Held for approval"} | {
    *("Planned steps", "Robots", "SMS for orders", "Templates", "Gateways", "Sandbox phone", "Sandbox mailbox"),
    *(
        "Company",
        "Stages",
        "Departments",
        "Delivery zones",
        "Do not write to",
        "Unusable addresses",
        "Employees",
        "Users",
        "Roles",
        "Calls not understood",
    ),
    *("Chat", "Hints in chat", "Chat settings", "Lines"),
}


def menu(client) -> dict[str, str]:
    groups = client.get("/admin/").context["sidebar_navigation"]
    return {str(item["title"]): item["link"] for group in groups for item in group["items"]}


def test_every_item_of_the_menu_opens_and_is_marked(client):
    client.force_login(make_user(is_superuser=True))
    items = menu(client)
    assert set(items) == EVERYTHING
    for title, link in items.items():
        page = client.get(link, follow=True)
        assert page.status_code == 200, title
        if page.context and "sidebar_navigation" in page.context:
            groups = page.context["sidebar_navigation"]
            marked = [str(item["title"]) for group in groups for item in group["items"] if item["active"]]
            assert marked == [title]


def test_the_menu_has_only_what_one_may_see(client):
    looker = make_user()
    looker.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(looker)
    assert set(menu(client)) == {"Dashboard", "Orders"}


def test_the_pages_of_the_queue_and_of_the_login_guard_are_hidden(client):
    client.force_login(make_user(is_superuser=True))
    shown = {model._meta.app_label for model in admin.site._registry}
    assert not shown & {"django_q", "axes"}
    for url in ("/admin/django_q/schedule/add/", "/admin/axes/accessattempt/"):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_language_opens_the_daily_pages(client, language):
    client.force_login(make_user(is_superuser=True))
    order = make_order()
    assert client.post("/i18n/setlang/", {"language": language, "next": "/admin/"}).status_code == 302
    for url in ("/admin/", "/admin/orders/order/", f"/admin/orders/order/{order.pk}/change/", "/admin/robots/robot/"):
        answer = client.get(url)
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.content.decode()


def test_a_new_user_can_log_in(client):
    client.force_login(make_user(is_superuser=True))
    answer = save(client, "/admin/auth/user/add/", username="bob", password1="a-long-pass-5", password2="a-long-pass-5")
    assert not faults(answer)
    client.logout()
    client.post("/admin/login/", {"username": "bob", "password": "a-long-pass-5"})
    assert client.get("/admin/").context["user"].username == "bob"


def test_nobody_makes_himself_mighty(client):
    administrator = make_user("System administrator", username="charlie")
    mighty = make_user(username="alice", is_superuser=True)
    client.force_login(administrator)
    save(client, f"/admin/auth/user/{administrator.pk}/change/", is_superuser="on", first_name="Charles")
    administrator.refresh_from_db()
    assert (administrator.is_superuser, administrator.first_name) == (False, "Charles")
    assert client.post(f"/admin/auth/user/{mighty.pk}/change/", {"username": "x"}).status_code == 403
    assert client.post(f"/admin/auth/user/{mighty.pk}/password/", {"password1": "x"}).status_code == 403
    client.post(f"/admin/auth/user/{mighty.pk}/delete/", {"post": "yes"})
    assert get_user_model().objects.filter(pk=mighty.pk).exists()


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/orders/order/", "/admin/orders/order/add/", "/inbox/", "/sandbox/"]
)
def test_each_page_has_one_main_part_and_a_link_to_it_past_the_menu(client, address):
    client.force_login(make_user(is_superuser=True))
    page = client.get(address).content.decode()
    assert page.count("<main") == page.count('<main id="page-itself"') == 1
    assert page.index('href="#page-itself"') < page.index("<nav" if "<nav" in page else "<main")


def test_a_page_is_called_as_in_the_menu(client):
    client.force_login(make_user(is_superuser=True))
    for word, link in menu(client).items():
        page = client.get(link, follow=True).content.decode()
        title = page[page.index("<title>") + len("<title>") : page.index("</title>")]
        assert word in title, link


def test_a_page_has_one_heading_that_says_no_word_twice_in_a_row(client):
    client.force_login(make_user(is_superuser=True))
    conversation = make_conversation()
    for link in [*menu(client).values(), f"/inbox/{conversation.pk}/"]:
        page = client.get(link, follow=True).content.decode()
        assert page.count("<h1") == 1, link
        crumbs = re.findall(r'class="g-crumb">([^<]+)<', page[page.index("<h1") : page.index("</h1>")])
        assert len(crumbs) == len(set(crumbs)), link


def test_the_question_before_deleting_names_the_row_and_what_goes_with_it(client):
    client.force_login(make_user(is_superuser=True))
    order = make_order(number="Zam-5")
    page = client.get(f"/admin/orders/order/{order.pk}/delete/").content.decode()
    assert "Delete the order Zam-5?" in page
    assert "will be deleted" not in page  # beside it stands what stays
    kept = client.get(f"/admin/locations/location/{order.location_id}/delete/").content.decode()
    assert "cannot be deleted" in kept
    assert "1 order stands on it" in kept
