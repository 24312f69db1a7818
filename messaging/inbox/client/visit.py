"""Who comes in by which door, and in what language and time they are spoken to."""

import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from locations.models import Client, Company
from locations.staff_language import preferred

from ..errors import Refusal
from ..identity.access import client_of
from ..identity.finding import conversation_of
from ..models import ChatSettings, Conversation
from ..rate_limits import limit_guesses
from .headers import for_client, shown


@dataclass
class Visit:
    """A request from the client's side. `client`: None for a stranger; `token`: "" for a stranger."""

    request: HttpRequest
    token: str = ""
    client: Client | None = None

    @cached_property
    def company(self) -> Company:
        return Company.current()

    @cached_property
    def settings(self) -> ChatSettings:
        return ChatSettings.current()

    @property
    def is_chat(self) -> bool:
        """Whether they may chat: the others get the feedback form (D2, D4)."""
        return self.settings.is_on and self.client is not None

    @property
    def guest(self) -> Client:
        """The client, where no stranger comes."""
        assert self.client is not None
        return self.client

    @cached_property
    def conversation(self) -> Conversation:
        """The client's; made when they are here for the first time."""
        return getattr(self.guest, "conversation", None) or conversation_of(self.guest)

    @property
    def is_script(self) -> bool:
        """Whether the page's own script asks, which wants words as JSON and no page."""
        return self.request.headers.get("X-Requested-With") == "fetch"

    def must_chat(self) -> None:
        """Raises Refusal while the chat is switched off (D1)."""
        if not self.settings.is_on:
            raise Refusal(403, "chat_off", _("The chat is switched off now. Please use the feedback form."))


def entered(request: HttpRequest, token: str, status: int = 403) -> Client:
    """Raises Refusal for a token that opens nothing; whoever tries many of them is stopped (429)."""
    try:
        return client_of(token)
    except SignatureExpired:
        raise Refusal(status, "expired", _("This link is too old. Ask the company for a new one.")) from None
    except BadSignature:
        limit_guesses(request)
        raise Refusal(status, "bad_token", _("This link opens no chat. Perhaps a part of it is missing.")) from None


def language_of(request: HttpRequest, client: Client | None, company: Company) -> str:
    """The client's own as in the card, else what the browser prefers among ours, else the company's."""
    if client is not None and client.language:
        return client.language
    ours = [code for code, _name in settings.MESSAGE_LANGUAGES]
    return preferred(request.headers.get("Accept-Language", ""), ours) or company.language


@contextmanager
def spoken_to(visit: Visit) -> Iterator[None]:
    """Words in the client's language, times by the company's clock."""
    language = language_of(visit.request, visit.client, visit.company)
    with translation.override(language), timezone.override(zoneinfo.ZoneInfo(visit.company.time_zone)):
        yield


def client_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """The view gets a Visit in place of the request and the token; what it refuses is said on a page, or as JSON."""

    @for_client
    @wraps(view)
    def answered(request: HttpRequest, token: str = "", **arguments: Any) -> HttpResponse:
        visit = Visit(request, token)
        try:
            with spoken_to(visit):
                visit.client = entered(request, token) if token else None
            with spoken_to(visit):
                return view(visit, **arguments)
        except Refusal as refusal:
            with spoken_to(visit):
                return refused(visit, refusal)

    return answered


def refused(visit: Visit, refusal: Refusal) -> HttpResponse:
    if visit.is_script:
        return JsonResponse(refusal.words, status=refusal.status, headers=refusal.headers)
    return shown("inbox/client/refused.html", {"visit": visit, "refusal": refusal}, refusal)
