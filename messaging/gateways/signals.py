"""What came in through gateways, told in batches, inside the transaction; listeners only write rows."""

from django.dispatch import Signal

inbound_stored = Signal()
"""`batch: list[tuple[Gateway, InboundNews, datetime]]`, with the moment each call came. Sent by messaging.outbox when
the worker has read what customers wrote; heard by messaging.inbox, which answers with a list of Unclear: what had no
effect. A NotUnderstood says, in words, why nothing is kept."""

gateway_paused = Signal()
"""`gateway: Gateway, reason: str`, once per pause. Sent by messaging.outbox; heard by messaging.inbox."""

gateway_resumed = Signal()
"""`gateway: Gateway`. Sent by the page on which somebody resumes it; heard by messaging.inbox."""
