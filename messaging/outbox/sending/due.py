"""What of the messages the worker is asked to look at: so that a drain does no more than is due."""

from django.db.models import Exists

from messaging.worker.work_sources import Condition

from ..queue.claiming import closed_gateways, expired_leases, gateways_with_work, homeless_messages
from ..receipts.in_doubt import due_doubts

MESSAGES, STRAYS, LEASES, DOUBTS = "messages", "messages without a gateway", "leases", "doubts"

CONDITIONS = (
    Condition(MESSAGES, lambda now, leases_now: Exists(gateways_with_work(now, leases_now)), waits_while_stopped=True),
    Condition(
        STRAYS,
        lambda now, _leases_now: Exists(homeless_messages(now)) | Exists(closed_gateways(now)),
        waits_while_stopped=True,
    ),
    Condition(LEASES, lambda _now, leases_now: Exists(expired_leases(leases_now))),
    Condition(DOUBTS, lambda now, _leases_now: Exists(due_doubts(now))),
)
