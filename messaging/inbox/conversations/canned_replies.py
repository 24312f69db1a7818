"""Hints filled for one client and the last order; what a client has no value for is named, never sent (D15-D17)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from locations.models import Client, Company
from messaging.texts.models import TemplateUse
from messaging.texts.order_placeholders import RELATED, order_context
from messaging.texts.parsing import Plain, Slot, tokens_of
from messaging.texts.placeholders import Context, Placeholder, registry

from ..identity.finding import orders_of
from ..models import Conversation, Hint, Sender

QUOTED = 50
"""Messages of the client, the newest ones, that a reply may quote whatever stands in them."""


@dataclass(frozen=True)
class Filled:
    """A hint's words for one client. `missing`: placeholders that stay, by their labels; `written`: as they stand."""

    text: str
    missing: tuple[str, ...] = ()
    written: tuple[str, ...] = ()

    @property
    def problem(self) -> str:
        return problem_of(self.missing)


@dataclass(frozen=True)
class Offered:
    """One line of the chooser: the name is shown, the text goes into the reply (D16)."""

    hint: Hint
    filled: Filled


def offered_hints(conversation: Conversation) -> list[Offered]:
    """The visible hints in their order (D18, D19), filled."""
    context = context_of(conversation.client)
    return [Offered(hint, fill(hint.text, context)) for hint in Hint.objects.filter(is_visible=True)]


def context_of(client: Client | None) -> Context:
    """What placeholders get: the client's last order, else the client alone, else the company."""
    company = Company.current()
    if client is None:
        return {"company": company, "language": company.language, "now": timezone.now()}
    order = orders_of(client).select_related(*RELATED).first()
    department = order.department if order is not None else None
    language = client.language or (department.language if department else "") or company.language
    if order is not None:
        return order_context(order, company, language)
    return {
        "client": client,
        "company": company,
        "language": language,
        "time_zone": company.time_zone,
        "now": timezone.now(),
    }


def fill(text: str, context: Context) -> Filled:
    """The text with every placeholder that has a value replaced by it; braces that are no placeholder stay."""
    with override(context["language"]):
        return _fill(text, context)


def _fill(text: str, context: Context) -> Filled:
    words: list[str] = []
    missing: dict[str, str] = {}
    for token in tokens_of(text):
        if not isinstance(token, Slot):
            words.append(token.text if isinstance(token, Plain) else token.written)
            continue
        said = _said(token, context)
        words.append(said or token.canonical)
        if not said:
            missing[token.canonical] = _label(token)
    return Filled("".join(words), tuple(dict.fromkeys(missing.values())), tuple(missing))


def unfilled(text: str, conversation: Conversation) -> tuple[str, ...]:
    """Placeholders that stand in a text that is about to be sent, by their labels.

    What looks like one in the client's own name, address or words is none: nobody forgot to fill it.
    """
    found = {token.written: _label(token) for token in tokens_of(text) if isinstance(token, Slot) and token.known}
    if not found:
        return ()
    theirs = _words_of_client(conversation)
    return tuple(dict.fromkeys(label for written, label in found.items() if written not in theirs))


def _words_of_client(conversation: Conversation) -> str:
    """All that placeholders say about the client and the last order, and what the client wrote lately."""
    context = context_of(conversation.client)
    said = [_words_in(known, context) for known in registry.values()]
    wrote = conversation.chat_messages.filter(sender=Sender.CLIENT).order_by("-pk").values_list("text", flat=True)
    return "\n".join([conversation.name, *said, *wrote[:QUOTED]])


def problem_of(missing: Iterable[str]) -> str:
    names = ", ".join(f"“{name}”" for name in missing)
    return (
        _("Nothing is known here for %(names)s: write it yourself, or take it out.") % {"names": names} if names else ""
    )


def _said(slot: Slot, context: Context) -> str:
    """The placeholder's words; "" where this client has none, or nothing that it needs."""
    if slot.known is None or TemplateUse.ORDER not in slot.known.uses:
        return ""
    return _words_in(slot.known, context) or slot.fallback


def _words_in(known: Placeholder, context: Context) -> str:
    try:
        return known.words(context).strip()
    except KeyError:  # it is about an order or a client that is not there
        return ""


def _label(slot: Slot) -> str:
    return str(slot.known.label) if slot.known else slot.written
