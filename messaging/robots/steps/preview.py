"""What waiting steps would say if they ran now: the text and its recipient, or the reason why nothing would go out."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from locations.values.reasons import NONE, Reason
from messaging.outbox.redaction import shown_body

from ..models import RobotStep
from . import judging


@dataclass(frozen=True)
class Foretold:
    """`text`, as staff may see it, to `to`; or the `reason` why there is none; one of them is empty."""

    to: str = ""
    text: str = ""
    reason: Reason = NONE


def foretell(steps: Iterable[RobotStep]) -> dict[int, Foretold]:
    """{step's key: what it would say}, held ones as if approved. Writes nothing; few queries, however many steps."""
    keys = [step.pk for step in steps]
    rows = list(judging.with_needed(RobotStep.objects.filter(pk__in=keys))) if keys else []
    for row in rows:
        row.is_approved = True  # in memory only: what is asked is the text, not whether it is late
    return {
        row.pk: told(verdict)
        for row, verdict in zip(rows, judging.judge(rows, timezone.now(), is_forecast=True), strict=True)
    }


def told(verdict: judging.Verdict) -> Foretold:
    if verdict.message is None:
        return Foretold(reason=verdict.reason)
    return Foretold(to=verdict.message.to, text=shown_body(verdict.message))
