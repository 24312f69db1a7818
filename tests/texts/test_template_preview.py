"""What the editor shows under a text while it is typed."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.makers import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.force_login(make_user(is_superuser=True))
    return client


def preview(client, channel="sms", language="en", use="order", subject="", body=""):
    prefix = f"{channel}_{language}"
    fields = {"channel": channel, "language": language, "use": use}
    return client.post(
        reverse("admin:texts_messagetemplate_preview"),
        fields | {f"{prefix}_subject": subject, f"{prefix}_body": body},
    )


def seen(response):
    return " ".join(response.content.decode().split())


def test_it_counts_the_text_filled_with_samples(manager):
    page = seen(preview(manager, body="a" * 150 + "<<nrZamowienia>>"))
    assert "GSM alphabet" in page
    assert "1 part<" in page
    assert "156 units" in page
    assert "room for 4 more" in page
    assert "as written 166 of 200" in page
    assert "aA-1042" in page


def test_it_marks_the_characters_that_make_a_text_dearer(manager):
    page = seen(preview(manager, language="pl", body="Zamówienie już jedzie"))
    assert "Unicode" in page
    assert "70 characters instead of 160: <mark>ó ż</mark>" in page
    assert "Zam<mark>ó</mark>wienie ju<mark>ż</mark> jedzie" in page
    assert "These count twice: <mark>€</mark>" in seen(preview(manager, body="5 €"))


def test_it_names_characters_one_can_not_see(manager):
    assert "<mark>no-break space</mark>" in seen(preview(manager, body="a\u00a0b"))


def test_it_shows_where_a_new_part_begins(manager):
    page = seen(preview(manager, body="a" * 152 + "€" + "a" * 30))
    assert "2 parts" in page
    assert "a" * 152 + '<span class="t-cut" title="a new part begins">2</span><mark>€</mark>' in page


def test_it_says_what_will_be_refused(manager):
    page = seen(preview(manager, body="{promo_code} " + "a" * 200))
    assert "has no meaning in texts for “Orders”" in page
    assert '<span class="t-over">as written 213 of 200</span>' in page


def test_it_shows_a_letter_in_its_language(manager):
    page = seen(preview(manager, "email", "ru", subject="Заказ {order_number}", body=":Уваж: :И: <b>&"))
    assert "Заказ A-1042" in page
    assert "Уважаемая Анна &lt;b&gt;&amp;" in page
    assert "part" not in page


@pytest.mark.parametrize("wrong", [{"channel": "pigeon"}, {"language": "xx"}, {"use": ""}])
def test_it_answers_nonsense_with_400(manager, wrong):
    assert preview(manager, **wrong).status_code == 400


def test_it_is_for_those_who_may_see_templates(client):
    user = make_user()
    client.force_login(user)
    assert preview(client, body="x").status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_messagetemplate"))
    assert preview(client, body="x").status_code == 200


def test_it_is_asked_by_post_only(manager):
    assert manager.get(reverse("admin:texts_messagetemplate_preview")).status_code == 405
