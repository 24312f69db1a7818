"""No page says a word that is not marked: every page of every role, in a language in which marked words stand in [[ ]].

What Django, the theme and others say comes from their own catalogues; where it stays English, it is missing in
`locale/foreign.py`.
"""

from dataclasses import replace

import pytest

from locations.models import Client, Company
from notify_site.roles import ROLES
from tests.house.whole_company import OWN, make_whole_company, pages_of_admin, pages_of_chat
from tests.languages.catalogues import catalogue_paths, language_of, opened
from tests.languages.crawl import Known, data, left_in_english, plain_parts, said_on, unmarked
from tests.languages.faults import claims_completeness, translations_of
from tests.languages.pseudo import write_pseudo
from tests.makers import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["ru", "uk", "pl"])
def pseudo(request, settings, tmp_path):
    settings.LOCALE_PATHS = [write_pseudo(tmp_path / "locale", request.param)]
    return request.param


def left_over(client, user, pages, known: Known, language: str, judge) -> dict[str, str]:
    """Each word that is left over, with a page that says it."""
    client.force_login(user)
    found: dict[str, str] = {}
    for address in pages:
        answer = client.get(address)
        if answer.status_code in {200, 404} and "text/html" in answer["Content-Type"]:
            assert answer["Content-Language"] == language
            for text in said_on(answer.content.decode()):
                found |= {word: address for word in judge(text, known) if word not in found}
    return found


def test_no_page_of_anybody_says_an_unmarked_word(client, pseudo):
    mighty = make_user(is_superuser=True)
    customer = make_whole_company(mighty)
    Client.objects.filter(pk=customer.pk).update(language=pseudo)
    Company.objects.update(language=pseudo)
    pages = [*pages_of_admin(mighty), *OWN.split(), *pages_of_chat(customer)]
    people = [mighty, *(make_user(role) for role in ROLES if pseudo == "ru")]
    known = data()
    found: dict[str, str] = {}
    judge = left_in_english if pseudo == "pl" else unmarked  # Latin letters prove nothing in Polish
    for user in people:
        found |= left_over(client, user, pages, known, pseudo, judge)
    assert not found, "\n".join(f"{word} | {address}" for word, address in found.items())


def test_a_complete_language_leaves_nothing_in_english(client):
    """For the catalogues that say of themselves that they are complete: `X-Complete: yes`."""
    complete = {language_of(path): opened(path) for path in catalogue_paths()}
    complete = {language: catalogue for language, catalogue in complete.items() if claims_completeness(catalogue)}
    mighty = make_user(is_superuser=True)
    customer = make_whole_company(mighty)
    pages = [*pages_of_admin(mighty), *OWN.split(), *pages_of_chat(customer)]
    found: dict[str, str] = {}
    for language, catalogue in complete.items():
        Client.objects.filter(pk=customer.pk).update(language=language)
        Company.objects.update(language=language)
        kept = data()
        said = {part for entry in catalogue for text in translations_of(entry) for part in plain_parts(text)}
        found |= left_over(client, mighty, pages, replace(kept, parts=kept.parts | said), language, left_in_english)
    assert not found, "\n".join(f"{word} | {address}" for word, address in found.items())
