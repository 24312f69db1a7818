"""The words that pop up at the first contact (D6)."""

import re

from django.http import HttpRequest
from django.utils import timezone

from ..models import ChatSettings, Conversation

PREVIEWERS = re.compile(r"bot|crawl|preview|facebookexternalhit|whatsapp|viber|skype", re.IGNORECASE)
"""Messengers open a link to show what is behind it, before the client ever sees it."""


def greet(request: HttpRequest, conversation: Conversation, settings: ChatSettings) -> str:
    """The greeting, at the first opening only; "" ever after, and where there is none."""
    if not settings.greeting.strip() or conversation.greeted_at is not None or is_preview(request):
        return ""
    first = Conversation.objects.filter(pk=conversation.pk, greeted_at=None).update(greeted_at=timezone.now())
    return settings.greeting.strip() if first else ""


def is_preview(request: HttpRequest) -> bool:
    is_early = "prefetch" in request.headers.get("Sec-Purpose", "")
    return request.method == "HEAD" or is_early or bool(PREVIEWERS.search(request.headers.get("User-Agent", "")))
