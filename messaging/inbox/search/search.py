"""Finding conversations by what operators remember, and messages by their words, at a million of them (D22)."""

import re
from collections.abc import Iterator, Sequence

from django.db.models import Q, QuerySet

from locations.consent import normalise_address
from locations.models import Client, ContactPoint, Location
from locations.rows.index_hints import NEWEST_FIRST
from locations.search.search import phone_of, with_phone
from locations.search.words import SHORTEST, has_words, ids_with, words_of
from orders.models import Order

from ..models import ChatMessage, Conversation, ConversationAddress
from .index import CHAT_MESSAGES, CONVERSATIONS

MOST = 500
"""Found by one way; who has more than that to look through adds a word."""
APOSTROPHES = re.compile("['`\u2018\u2019\u02bc]")


def conversations_found(term: str) -> QuerySet[Conversation]:
    """By name, phone in any spelling, e-mail, order number, client's number; each way asks one index."""
    term = term.strip()
    if len(term) < SHORTEST:
        return Conversation.objects.none()
    clients: set[int] = set()
    found: set[int] = set()
    if exact := normalise_address(term) if "@" in term else phone_of(term):
        found |= _first(ConversationAddress.objects.filter(address=exact).values_list("conversation_id"))
        clients |= _first(ContactPoint.objects.filter(value=exact).values_list("client_id"))
        clients |= _first(Location.objects.filter(Q(phone=exact) | Q(email=exact)).values_list("client_id"))
        if "@" not in term:
            orders = with_phone(Order.objects.order_by(NEWEST_FIRST), "contact_phone", exact)
            clients |= _first(orders.values_list("client_id"))
    if "@" not in term:
        for spelling in with_apostrophes(term):
            found.update(ids_with(CONVERSATIONS.table, words_of(spelling), MOST))
        clients |= _first(Order.objects.filter(number__in=spellings_of(term)).values_list("client_id"))
        clients |= _first(Client.objects.exclude(external_id="").filter(external_id=term).values_list("pk"))
    return Conversation.objects.filter(Q(pk__in=found) | Q(client_id__in=clients))


def spellings_of(number: str) -> set[str]:
    """How an order's number may stand in the table, whatever case it is typed in, with its # or without."""
    bare = number.lstrip("#№ ")
    cases = {bare, bare.upper(), bare.lower(), bare.capitalize(), bare.title()}
    return cases | {f"#{one}" for one in cases} | {number}


def messages_found(term: str, *, before: int = 0, at_most: int = 50) -> QuerySet[ChatMessage]:
    """Chat messages with words that begin so, all of them, the newest first; `before`: only those with lower ids."""
    if len("".join(words_of(term))) < SHORTEST:
        return ChatMessage.objects.none()
    found: set[int] = set()
    for words in map(words_of, with_apostrophes(term)):
        found.update(ids_with(CHAT_MESSAGES.table, words, at_most, before))
    found.update(notices_with(words_of(term), before))
    return ChatMessage.objects.filter(pk__in=sorted(found, reverse=True)[:at_most]).order_by("-pk")


def notices_with(words: Sequence[str], before: int = 0) -> Iterator[int]:
    """Ids of what the program told operators, of its last 500 notices, by the words in which the reader reads them."""
    notices = ChatMessage.objects.exclude(notice="")
    if before:
        notices = notices.filter(pk__lt=before)
    for pk, notice in notices.order_by("-pk").values_list("pk", "notice")[:MOST]:
        if has_words(str(notice), words):
            yield pk


def with_apostrophes(term: str) -> list[str]:
    """For the index ' and ’ part words, while ʼ is a letter, as Ukrainian has it: who types one means all of them."""
    if not APOSTROPHES.search(term):
        return [term]
    return [APOSTROPHES.sub("'", term), APOSTROPHES.sub("\u02bc", term)]


def _first(rows: QuerySet) -> set[int]:
    return {row[0] for row in rows[:MOST]}
