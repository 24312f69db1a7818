"""No page of the admin opens without a login."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

# The last one says goodbye and goes to the start, which asks for the login.
OPEN = {"/admin/login/", "/admin/logout/"}


def patterns(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Addresses of everything below, with 1 in the place of each argument."""
    for pattern in resolver.url_patterns:
        text = before + _example(pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, text)
        else:
            yield text


def _example(pattern: URLPattern | URLResolver) -> str:
    text = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        value = {"uuid": "00000000-0000-0000-0000-000000000001"}.get(kind, "1")
        for written in (f"<{kind}:{name}>", f"<{name}>", f"<str:{name}>"):
            text = text.replace(written, value)
    return text


ADMIN = sorted({text for text in patterns(get_resolver()) if text.startswith("/admin/") and "(" not in text} - OPEN)


def test_there_are_pages_to_look_at():
    assert len(ADMIN) > 40


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADMIN)
def test_a_stranger_is_sent_to_the_login(client: Client, address: str):
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 302, address
        assert "/admin/login/" in answer["Location"]
