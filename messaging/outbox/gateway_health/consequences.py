"""What answers teach beyond their message: dead addresses, opt-outs, gateways in trouble."""

import datetime
from collections.abc import Sequence
from typing import Protocol

from locations.consent import suppress
from locations.models import Purpose
from messaging.gateways.adapters import Accepted, Fault, Outcome, Refused, Unknown
from messaging.gateways.models import Gateway
from messaging.gateways.signals import gateway_paused

from ..models import Message, UnusableAddress
from ..queue.routing import FAILURES_TO_REST, REST_SECONDS, fail_over
from .throttling import find_slow, slow_down


class Answered(Protocol):
    """A message and what a provider said about it."""

    @property
    def message(self) -> Message: ...

    @property
    def outcome(self) -> Outcome: ...


def learn(results: Sequence[Answered], now: datetime.datetime) -> None:
    """Note all of it, in the transaction that stores the answers."""
    mark_addresses(results)
    by_gateway: dict[int, list[Answered]] = {}
    for result in results:
        if result.message.gateway_id is not None:
            by_gateway.setdefault(result.message.gateway_id, []).append(result)
    for gateway_id, answers in sorted(by_gateway.items()):  # in one order, so that no two drains wait for each other
        note_health(gateway_id, answers, now)


def mark_addresses(results: Sequence[Answered]) -> None:
    """Addresses called dead are tried no more; a STOP that only the provider knew of is ours from now on."""
    dead = []
    for message, outcome in ((result.message, result.outcome) for result in results):
        if not isinstance(outcome, Refused) or message.is_demo:
            continue  # a demo leaves nothing behind
        if outcome.is_address_dead:
            why = outcome.reason
            dead.append(UnusableAddress(channel=message.channel, address=message.to, reason=why, message=message))
        if outcome.opted_out:
            for purpose in (Purpose.SERVICE, Purpose.ADVERTISING):
                suppress([message.to], message.channel, purpose, outcome.reason)
    if dead:
        UnusableAddress.objects.bulk_create(dead, ignore_conflicts=True)


def note_health(gateway_id: int, answers: Sequence[Answered], now: datetime.datetime) -> None:
    """Count failures in a row, let the gateway rest after some, pause it when its account is at fault, slow it down.

    Its row is locked, so that no drain's count is lost; but not while all goes well, since drains would queue for it.
    """
    gateway = Gateway.objects.filter(pk=gateway_id).first()
    if gateway is None or gateway.is_sandbox:
        return  # the sandbox's troubles are chosen ones
    outcomes = [answer.outcome for answer in answers]
    asked = find_slow([(one.message, one.outcome) for one in answers if isinstance(one.outcome, Refused)])
    if not asked and not is_news(gateway, outcomes):
        return
    gateway = Gateway.objects.select_for_update(no_key=True).filter(pk=gateway_id).first()
    if gateway is None:
        return
    changes: dict[str, object] = {}
    failures, troubles = gateway.failures_in_row, 0
    for outcome in outcomes:
        if isinstance(outcome, Accepted):
            failures = troubles = 0
        elif is_trouble(outcome):
            troubles += 1
            changes |= {"last_error": outcome.reason, "last_error_at": now}
        if isinstance(outcome, Refused) and outcome.pauses_gateway and gateway.paused_at is None:
            changes |= {"paused_at": now, "pause_reason": outcome.reason}
    is_resting = gateway.resting_until is not None and gateway.resting_until > now
    failures = add_failures(failures, troubles, is_resting=is_resting)
    if failures != gateway.failures_in_row:
        changes |= {"failures_in_row": failures, "resting_until": rest(failures, now)}
    if asked:
        changes |= slow_down(gateway, asked, now)
    if gateway.failed_check and any(isinstance(outcome, Accepted) for outcome in outcomes):
        changes["failed_check"] = False
    if changes:
        Gateway.objects.filter(pk=gateway_id).update(**changes)
    if "paused_at" in changes:
        gateway_paused.send(Gateway, gateway=gateway, reason=changes["pause_reason"])
    if "paused_at" in changes or changes.get("resting_until"):
        fail_over(gateway)


def add_failures(before: int, troubles: int, *, is_resting: bool) -> int:
    """Requests that were under way together fail together: they send a gateway to its first rest, not to its longest.

    What still comes in during a rest was begun before it; after it one message at a time tries whether it works again.
    """
    if before < FAILURES_TO_REST:
        return min(before + troubles, FAILURES_TO_REST)
    return before if is_resting else before + (troubles > 0)


def is_news(gateway: Gateway, outcomes: Sequence[Outcome]) -> bool:
    """Whether these answers can change what is known of the gateway's health."""
    in_trouble = gateway.failures_in_row > 0 or gateway.failed_check
    return any(is_trouble(outcome) or (in_trouble and isinstance(outcome, Accepted)) for outcome in outcomes)


def is_trouble(outcome: Outcome) -> bool:
    """Whether the gateway itself, and not the recipient or we, is to blame."""
    if isinstance(outcome, Unknown):
        return True
    if isinstance(outcome, Refused):
        is_unwell = not outcome.permanent and outcome.fault == Fault.PROVIDER and not outcome.slows
        return outcome.pauses_gateway or is_unwell
    return False


def rest(failures: int, now: datetime.datetime) -> datetime.datetime | None:
    """Until when a gateway rests after so many failures in a row."""
    if failures < FAILURES_TO_REST:
        return None
    step = min(failures - FAILURES_TO_REST, len(REST_SECONDS) - 1)
    return now + datetime.timedelta(seconds=REST_SECONDS[step])
