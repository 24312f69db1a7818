"""In what language a page of the staff is: chosen by the person, by the browser, by the company, in this order."""

import pytest
from django.test import Client as Browser
from django.utils import translation
from django_q.tasks import async_task

from locations.models import Company, Employee
from locations.staff_language import company_language, in_company_language
from tests.makers import make_user
from tests.site.pages import save

pytestmark = pytest.mark.django_db
PAGES = ("/admin/", "/inbox/", "/sandbox/", "/admin/orders/order/")


@pytest.fixture
def alice(client):
    user = make_user(is_superuser=True, username="alice")
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def company():
    return Company.objects.update_or_create(pk=1, defaults={"language": "pl"})[0]


def choose(client: Browser, language: str, back: str = "/admin/"):
    return client.post("/i18n/setlang/", {"language": language, "next": back})


def language_of(client: Browser, asked_for: str = "", page: str = "/admin/") -> str:
    answer = client.get(page, headers={"accept-language": asked_for} if asked_for else {})
    assert f'<html lang="{answer["Content-Language"]}"' in answer.content.decode()
    return answer["Content-Language"]


@pytest.mark.parametrize("page", PAGES)
def test_the_own_choice_goes_before_the_browser_and_the_browser_before_the_company(client, alice, page):
    assert language_of(client, page=page) == "pl"
    assert language_of(client, "uk", page) == "uk"
    assert choose(client, "ru", page).url == page
    assert language_of(client, "uk", page) == "ru"
    assert Employee.objects.get(user=alice).language == "ru"


@pytest.mark.parametrize(
    ("asked_for", "spoken"),
    [
        ("uk-UA,uk;q=0.9,en;q=0.5", "uk"),
        ("pl-PL", "pl"),
        ("be-BY,en;q=0.5", "ru"),
        ("kk-KZ", "ru"),
        ("en-GB,ru;q=0.3", "en"),
        ("de-DE,fr;q=0.8,uk;q=0.5", "uk"),
        ("de-DE", "pl"),
        ("*", "pl"),
        ("\x01;;;q=,,--", "pl"),
        ("ru" * 5000, "pl"),
    ],
)
def test_a_browser_is_answered_in_the_nearest_language_else_in_the_companys(client, asked_for, spoken):
    assert language_of(client, asked_for, "/admin/login/") == spoken


def test_what_is_chosen_at_the_login_page_stays_after_it(client):
    user = make_user(is_superuser=True, username="bob")
    choose(client, "uk", "/admin/login/")
    assert language_of(client, "ru", "/admin/login/") == "uk"
    client.force_login(user)
    assert language_of(client, "ru") == "uk"


def test_the_own_choice_comes_along_to_another_browser(client, alice):
    choose(client, "uk")
    other = Browser()
    other.force_login(alice)
    assert language_of(other) == "uk"


def test_one_persons_choice_is_not_anothers(client, alice):
    choose(client, "uk")
    other = Browser()
    other.force_login(make_user(is_superuser=True, username="bob"))
    assert language_of(other) == "pl"


def test_a_language_that_is_gone_from_the_settings_falls_back(client, alice, company, settings):
    choose(client, "uk")
    settings.LANGUAGES = [("en", "English"), ("pl", "Polish")]
    assert language_of(client, "ru") == "pl"
    Company.objects.update(language="ru")
    assert language_of(client, "ru") == settings.LANGUAGE_CODE
    assert company_language() == settings.LANGUAGE_CODE
    assert client.get(f"/admin/auth/user/{alice.pk}/change/").status_code == 200


def test_a_language_that_we_do_not_speak_cannot_be_chosen(client, alice):
    choose(client, "uk")
    for strange in ("de", "", "x" * 1000, "../../etc"):
        assert choose(client, strange).status_code == 302
    assert language_of(client) == "uk"


def test_the_choice_leads_back_to_the_page_and_nowhere_else(client, alice):
    assert choose(client, "ru", "/admin/orders/order/?q=5").url == "/admin/orders/order/?q=5"
    assert choose(client, "ru", "https://evil.example.com/").url == "/admin/"
    assert choose(client, "ru", "").url == "/admin/"


def test_it_is_a_post_with_a_proof_that_our_page_sent_it(client, alice):
    assert client.get("/i18n/setlang/?language=ru").status_code == 405
    strict = Browser(enforce_csrf_checks=True)
    assert choose(strict, "ru").status_code == 403


@pytest.mark.parametrize("page", [*PAGES, "/admin/login/"])
def test_each_page_offers_each_language_in_its_own_words(client, page):
    if page != "/admin/login/":
        client.force_login(make_user(is_superuser=True, username="alice"))
    shown = client.get(page).content.decode()
    for code, words in {"en": "English", "ru": "Русский", "pl": "Polski", "uk": "Українська"}.items():
        assert f'<button name="language" value="{code}" lang="{code}"' in shown
        assert words in shown
    assert f'name="next" type="hidden" value="{page}"' in shown


def test_an_administrator_chooses_for_a_user(client, alice):
    bob = make_user(username="bob")
    save(client, f"/admin/auth/user/{bob.pk}/change/", **{"employee-0-language": "uk", "employee-TOTAL_FORMS": "1"})
    browser = Browser()
    browser.force_login(bob)
    assert language_of(browser) == "uk"


def test_a_task_speaks_the_companys_language_and_leaves_none_behind(company):
    async_task("tests.site.test_staff_language.note_the_language", sync=True)
    company.refresh_from_db()
    assert company.name == "pl"
    assert translation.get_language() == "en"


def note_the_language() -> None:
    Company.objects.update(name=translation.get_language())


def test_what_is_said_to_a_group_is_in_the_companys_language():
    with translation.override("uk"):
        with in_company_language():
            assert translation.get_language() == "pl"
        assert translation.get_language() == "uk"


def test_the_language_costs_no_query_of_its_own(client, alice, django_assert_max_num_queries):
    client.get("/inbox/unread/")
    with django_assert_max_num_queries(4) as asked:
        client.get("/inbox/unread/")
    assert sum("locations_employee" in query["sql"] for query in asked.captured_queries) == 1
