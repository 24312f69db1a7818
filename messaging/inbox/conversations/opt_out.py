"""STOP and START: what a client wishes, recorded with its proof, and shown as what it is.

STOP ends service messages and advertising alike, on the channel it came by: one word cannot say which of them was
meant, operators of SMS networks block the whole number, and whoever wants them back writes START. START gives back only
what was taken away: it is no consent to advertising for somebody who never said anything.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator

from locations.consent import normalise_address, record_opt_in, record_opt_out, release, suppress
from locations.models import Channel, Client, Consent, Purpose, Suppression
from locations.reasons import WRITTEN_TO_LINE
from locations.values.reasons import NONE, Reason

from .. import reasons
from ..models import ChatMessage, Conversation, Line, LineKind
from .opt_out_keywords import Wish
from .writing import Said, lock, receive, remark, show

PURPOSES = [purpose for purpose in Purpose if purpose.asks_consent]


@transaction.atomic
def obey(
    conversation: Conversation, said: Said, line: Line, address: str, wish: Wish, *, is_taken: bool = False
) -> ChatMessage | None:
    """Act on the client's STOP or START; None when the same call came before. No automatic answer follows a STOP.

    `is_taken`: the provider has taken it for a command already, so that it is one even if it changes nothing here.
    """
    channel = LineKind(line.kind).channel
    assert channel is not None  # whoever writes on the web has no address to take away
    source = proof(line, said)
    if wish == Wish.RETURN:
        outcome = give_back(conversation.client, channel, address, source)
    else:
        outcome = take_away(conversation.client, channel, address, source)
    is_command = wish == Wish.LEAVE or (wish == Wish.RETURN and (bool(outcome) or is_taken))
    written = receive(
        conversation,
        said,
        line,
        is_command=is_command,
        is_unread=not is_command,
        is_heard=wish == Wish.RETURN,
    )
    if written is not None and outcome:
        row = lock(conversation)
        show(row, remark(row, outcome))
    return written


def take_away(client: Client | None, channel: Channel, address: str, source: Reason) -> Reason:
    """Nothing more on this channel; returns what happened."""
    for purpose in PURPOSES:
        if client is not None:
            record_opt_out(client, channel, purpose, source, [address])
        else:
            suppress([address], channel, purpose, source)
    return reasons.OPTED_OUT(channel=channel)


def give_back(client: Client | None, channel: Channel, address: str, source: Reason) -> Reason:
    """What had been taken away may be sent again; returns what happened, if anything had."""
    left = [purpose for purpose in PURPOSES if has_left(client, channel, address, purpose)]
    for purpose in left:
        if client is not None:
            record_opt_in(client, channel, purpose, source, [address])
        else:
            release([address], channel, purpose)
    return reasons.OPTED_IN(channel=channel) if left else NONE


def has_left(client: Client | None, channel: Channel, address: str, purpose: Purpose) -> bool:
    said = {"channel": channel, "purpose": purpose}
    if client is not None and Consent.objects.filter(client=client, is_given=False, **said).exists():
        return True
    return Suppression.objects.filter(address=normalise_address(address), **said).exists()


def proof(line: Line, said: Said) -> Reason:
    """Who may ask later reads where, when and in which words it was said."""
    return WRITTEN_TO_LINE(line=line, at=said.at or timezone.now(), text=Truncator(said.text).chars(60))
