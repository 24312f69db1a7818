"""What came in through gateways, told in batches, inside the transaction; listeners only write rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from django.dispatch import Signal


@dataclass(frozen=True)
class ReceiptsHeard:
    """What a listener says of calls, by their keys: which came too `early`, and which are about `strange` messages."""

    early: set[int] = field(default_factory=set)
    strange: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, answers: Iterable[Self]) -> Self:
        """All answers in one."""
        answers = list(answers)
        return cls(
            {key for answer in answers for key in answer.early}, {key for answer in answers for key in answer.strange}
        )


receipts_stored = Signal()
"""`batch: list[calls.reader.Reading]`, in the transaction that marks the calls as handled. Sent when the worker has
read them; heard by messaging.outbox, which answers with ReceiptsHeard."""

inbound_stored = Signal()
"""`batch: list[tuple[Gateway, InboundNews, datetime]]`, with the moment each call came. Sent when
the worker has read what customers wrote; heard by messaging.inbox, which answers with a list of Unclear: what had no
effect. A NotUnderstood says why nothing is kept."""

gateway_paused = Signal()
"""`gateway: Gateway, reason: Reason`, once per pause. Sent by messaging.outbox; heard by messaging.inbox."""

gateway_resumed = Signal()
"""`gateway: Gateway`. Sent by the page on which somebody resumes it; heard by messaging.inbox."""
