"""Stages are called in the company's language until somebody calls them otherwise."""

import pytest
from django.core.management import call_command

from locations.models import Company
from orders.models import Stage
from orders.standard_names import NAMES, in_language
from tests.languages.pseudo import write_pseudo
from tests.makers import make_user
from tests.site.pages import faults, save

pytestmark = pytest.mark.django_db
STANDARD = list(NAMES.values())


@pytest.fixture(autouse=True)
def translated(settings, tmp_path):
    settings.LOCALE_PATHS = [write_pseudo(tmp_path / "locale", "ru")]


def names() -> list[str]:
    return list(Stage.objects.values_list("name", flat=True))


def choose(client, language: str) -> None:
    client.force_login(make_user(is_superuser=True))
    company = Company.current()
    assert not faults(save(client, f"/admin/locations/company/{company.pk}/change/", language=language))


def test_names_that_nobody_edited_follow_the_companys_choice_and_come_back(client):
    assert names() == STANDARD
    choose(client, "ru")
    assert names() == [f"[[{name}]]" for name in STANDARD]
    choose(client, "en")
    assert names() == STANDARD


def test_a_name_that_somebody_gave_stays(client):
    Stage.objects.filter(name="New").update(name="Fresh")
    Stage.objects.filter(name="Ready").update(name="[[Preparing]]")
    choose(client, "ru")
    kept = names()
    assert kept[0] == "Fresh"
    assert kept[1] == "Preparing", "its new name is another stage's"
    assert kept[2] == "[[Preparing]]"
    assert kept[3] == "[[On the way]]"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_first_start_takes_the_language_of_the_settings(settings, language):
    settings.DEMO = False
    settings.LANGUAGE_CODE = language
    call_command("first_start")
    assert Company.current().language == language
    assert names() == [in_language(name, language) for name in STANDARD]
