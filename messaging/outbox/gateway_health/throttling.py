"""Asked to slow down: the gateway's pace drops, for all workers and hosts, since it stands in the gateway's row."""

import datetime
import random
from collections.abc import Sequence

from messaging.gateways.adapters import Refused
from messaging.gateways.models import Gateway
from messaging.gateways.pace import CLOCK_BACK, pace_when_told
from messaging.worker.clock import database_now

from ..models import Attempt, Message
from ..queue.rate_limit import is_sane
from ..queue.routing import REST_SECONDS
from ..states import MessageState

MANY = 3  # recipients who have too many at the same time: then it is about all of us
EPISODE = datetime.timedelta(seconds=2)  # what was under way when the pace dropped is told to slow down as well
LEAST_WAIT = 0.2  # seconds
LONGEST_WAIT = 3600  # seconds; then one message tries whether it works again
LOOKED_AT = 200  # newest tries, among which it is counted how many were told to slow down
LEAST_SEEN = 100  # of them, before anything is called rare
RARE = 0.03  # of them: so few say nothing of how fast we are
JITTER = 0.1  # of a wait, at most: hosts that share an account with us shall not all come back at once


def find_slow(answers: Sequence[tuple[Message, Refused]]) -> list[Refused]:
    """Those that mean the whole gateway: also when many recipients have had too many at the same time."""
    one_by_one = {message.to for message, outcome in answers if outcome.slows == "recipient"}
    asked = [outcome for _message, outcome in answers if outcome.slows == "gateway"]
    if len(one_by_one) >= MANY:
        asked += [outcome for _message, outcome in answers if outcome.slows == "recipient"]
    return asked


def slow_down(gateway: Gateway, asked: Sequence[Refused], now: datetime.datetime) -> dict[str, object]:
    """The gateway's changed fields; its row is locked. Once for all that were under way together."""
    leases_now = database_now()
    wait = max(min(max(one.retry_after or 0 for one in asked), LONGEST_WAIT), LEAST_WAIT) * random.uniform(
        1, 1 + JITTER
    )
    until = leases_now + datetime.timedelta(seconds=wait)
    changes: dict[str, object] = {"pace_reason": asked[-1].reason}
    if wait >= REST_SECONDS[0]:
        # So long that other gateways are preferred.
        changes |= {"resting_until": until, "last_error": changes["pace_reason"], "last_error_at": now}
    elif gateway.rate_full_at < until or not is_sane(gateway, leases_now):
        changes["rate_full_at"] = until
    if gateway.rate_at(leases_now) is None:
        changes["busy_since"] = now
    if is_new(gateway, leases_now) and not is_rare(gateway, asked):
        took = pace_when_told(gateway.rate_at(leases_now), accepted_lately(gateway, now))
        changes |= {"paced_from": took, "paced_at": changes.get("resting_until", leases_now)}
    return changes


def is_new(gateway: Gateway, leases_now: datetime.datetime) -> bool:
    """Whether the pace has not just dropped for the same reason."""
    if gateway.paced_at is None:
        return True
    passed = leases_now - gateway.paced_at
    return passed >= EPISODE or passed.total_seconds() < -CLOCK_BACK


def is_rare(gateway: Gateway, asked: Sequence[Refused]) -> bool:
    """Whether the provider says so now and then, whatever our pace: it is heeded each time, but nothing is learnt.

    Dropping for each would end at a few messages a second, however many it takes. This transaction's tries count.
    """
    codes = {one.code for one in asked}
    newest = Attempt.objects.order_by("-pk").values_list("gateway_id", "code")[:LOOKED_AT]
    tries = [code for gateway_id, code in newest if gateway_id == gateway.pk]
    return len(tries) >= LEAST_SEEN and sum(code in codes for code in tries) < RARE * len(tries)


def accepted_lately(gateway: Gateway, now: datetime.datetime) -> int:
    """How many messages it took during the last second, those in this transaction too."""
    since = now - datetime.timedelta(seconds=1)
    return Message.objects.filter(gateway=gateway, state=MessageState.SENT, sent_at__gte=since).count()
