"""Clients are spoken to in their language; staff's pages stay as they are."""

import pytest
from django.test import Client as Browser
from django.utils import translation

from messaging.inbox.identity.access import client_token
from tests.inbox.client_words import client_words
from tests.inbox.makers import switch_on
from tests.languages.catalogues import catalogue_paths, language_of, opened
from tests.makers import make_client, make_user


@pytest.mark.parametrize("path", catalogue_paths(), ids=language_of)
def test_every_word_of_the_client_side_is_translated(path):
    translated = {entry.msgid for entry in opened(path).translated_entries()}
    assert client_words() <= translated


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "word"), [("en", "Send"), ("ru", "Отправить"), ("pl", "Wyślij"), ("uk", "Надіслати")]
)
def test_the_page_speaks_the_clients_language(client: Browser, language: str, word: str):
    switch_on()
    answer = client.get(f"/chat/{client_token(make_client(language=language))}/")
    assert answer["Content-Language"] == language
    page = answer.content.decode()
    assert f">{word}</button>" in page
    assert f'lang="{language}"' in page
    assert translation.get_language() == "en"


@pytest.mark.django_db
def test_a_strangers_form_speaks_what_the_browser_prefers(client: Browser):
    page = client.get("/chat/", HTTP_ACCEPT_LANGUAGE="de-DE,pl;q=0.8,en;q=0.5").content.decode()
    assert "Napisz do nas" in page


@pytest.mark.django_db
def test_a_refusal_is_in_the_clients_language(client: Browser):
    switch_on()
    answer = client.post(f"/chat/{client_token(make_client(language='uk'))}/", {"text": ""})
    assert "Напишіть щось або додайте файл." in answer.content.decode()


@pytest.mark.django_db
def test_staffs_pages_stay_english(client: Browser):
    client.force_login(make_user(is_superuser=True))
    page = client.get("/admin/", HTTP_ACCEPT_LANGUAGE="pl").content.decode()
    assert 'lang="en' in page
    assert "Wyślij" not in page


@pytest.mark.django_db
def test_the_card_goes_before_the_browser_and_the_browser_before_the_company(client: Browser):
    switch_on()
    polish = {"HTTP_ACCEPT_LANGUAGE": "pl-PL"}
    assert client.get(f"/chat/{client_token(make_client())}/", **polish)["Content-Language"] == "pl"
    assert client.get(f"/chat/{client_token(make_client(language='uk'))}/", **polish)["Content-Language"] == "uk"
    assert client.get(f"/chat/{client_token(make_client())}/")["Content-Language"] == "en"
