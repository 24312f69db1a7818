"""No page says a word that is not marked: every page of every role, in a language in which marked words stand in [[ ]].

What Django, the theme and others say comes from their own catalogues; where it stays English, it is missing in
`locale/foreign.py`.
"""

import pytest

from locations.models import Client, Company
from notify_site.roles import ROLES
from tests.house.whole_company import OWN, make_whole_company, pages_of_admin, pages_of_chat
from tests.languages.crawl import Known, data, left_in_english, said_on, unmarked
from tests.languages.pseudo import write_pseudo
from tests.makers import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["ru", "uk", "pl"])
def pseudo(request, settings, tmp_path):
    settings.LOCALE_PATHS = [write_pseudo(tmp_path / "locale", request.param)]
    return request.param


def left_over(client, user, pages, known: Known, language: str) -> dict[str, str]:
    """Each word that is left over, with a page that says it."""
    client.force_login(user)
    found: dict[str, str] = {}
    for address in pages:
        answer = client.get(address)
        if answer.status_code in {200, 404} and "text/html" in answer["Content-Type"]:
            assert answer["Content-Language"] == language
            for text in said_on(answer.content.decode()):
                words = left_in_english(text, known) if language == "pl" else unmarked(text, known)
                found |= {word: address for word in words if word not in found}
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
    for user in people:
        found |= left_over(client, user, pages, known, pseudo)
    assert not found, "\n".join(f"{word} | {address}" for word, address in found.items())
