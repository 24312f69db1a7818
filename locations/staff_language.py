"""In what language staff is spoken to: each person in their own, a group in the company's."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.dispatch import Signal
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from .models import Company

# Languages of the region that we do not speak, and the one of ours that most of their readers know.
READ_AS = dict.fromkeys(("be", "kk", "ky", "uz", "tg", "tk", "hy", "az", "ka", "tt", "ba", "cv", "mo"), "ru")
company_language_chosen = Signal()
"""Sent with `language`: what nobody named otherwise is named in it from now on."""
LONGEST_HEADER = 500  # characters of what a browser says about languages


def nearest(tag: str, ours: Collection[str]) -> str:
    """Ours for a tag like `uk-UA` or `be`; "" if there is none, or no longer."""
    code = tag.strip().lower().replace("_", "-").partition("-")[0]
    return next((one for one in (code, READ_AS.get(code, "")) if one in ours), "")


def preferred(header: str, ours: Collection[str]) -> str:
    """The first of ours that a browser asks for in Accept-Language; "" if it asks for none of them."""
    wanted = (tag for tag, _weight in parse_accept_lang_header(header[:LONGEST_HEADER]))
    return next(filter(None, (nearest(tag, ours) for tag in wanted)), "")


def of_pages() -> list[str]:
    """Codes of the languages that staff's pages come in."""
    return [language for language, _name in settings.LANGUAGES]


def offered(code: str) -> str:
    """The language of pages for a code; "" if there is none."""
    return nearest(code, of_pages())


def first_offered(*codes: str) -> str:
    """The first that we speak: what a person chose may be gone from the settings. In doubt the site's own."""
    return next(filter(None, map(offered, codes)), settings.LANGUAGE_CODE)


def company_language() -> str:
    """By one small query."""
    return first_offered(Company.objects.values_list("language", flat=True).first() or "")


def choose_company_language(language: str) -> None:
    """For pages, for what the program says, and for the names that nobody edited."""
    company = Company.current()
    company.language = language
    company.save(update_fields=["language"])
    company_language_chosen.send(Company, language=language)


@contextmanager
def in_company_language() -> Iterator[None]:
    """For what is written down, or goes to several people: it is worded in the company's language."""
    with translation.override(company_language()):
        yield
