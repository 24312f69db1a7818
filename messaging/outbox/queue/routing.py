"""Through which gateway a message goes."""

import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from locations.models import Company
from locations.values.reasons import Reason
from messaging.gateways.adapters import get_adapter_class
from messaging.gateways.models import Gateway

from .. import reasons
from ..models import Message
from ..states import MessageState

READY = datetime.timedelta(milliseconds=150)
"""So long before its next turn a gateway may be given messages, so that none passes unused."""
RATE_AHEAD = datetime.timedelta(minutes=3)
"""As AHEAD of the worker's clock, for turns: at the slowest rate there are 100 seconds between two."""

FAILURES_TO_REST = 5
REST_SECONDS = (30, 60, 120, 300)


class Routes:
    """The gateways that are on, read once per batch."""

    def __init__(self) -> None:
        self.now = timezone.now()
        known = list(Gateway.objects.all())
        self.gateways = sorted((gateway for gateway in known if gateway.is_on), key=self._rank)
        self.real_channels = {gateway.channel for gateway in known if not gateway.is_sandbox}
        self.keyed = {gateway.pk for gateway in known if takes_keys(gateway)}

    def _rank(self, gateway: Gateway) -> tuple[bool, bool, int, int]:
        """Real ones before the sandbox, those that work before those that do not, the heavier first."""
        return gateway.is_sandbox, not self.works(gateway), -gateway.weight, gateway.pk

    def works(self, gateway: Gateway) -> bool:
        return gateway.paused_at is None and (gateway.resting_until is None or gateway.resting_until <= self.now)

    def may_have_arrived(self, message: Message) -> bool:
        """Whether it goes again under its key: that is safe through its own gateway only."""
        return message.look_ups > 0 and (message.gateway_id is None or message.gateway_id in self.keyed)

    def choose(self, channel: str, *, is_demo: bool) -> Gateway | None:
        """The heaviest working real gateway of the channel; for demo clients only the sandbox; None if there is none.

        A gateway that is paused or rests is chosen if there is no better one: its messages wait. The sandbox never
        stands in for a real gateway, not even for one that is switched off.
        """
        is_trial = is_demo or channel not in self.real_channels
        for gateway in self.gateways:
            if gateway.channel == channel and (is_trial if gateway.is_sandbox else not is_demo):
                return gateway
        return None


def takes_keys(gateway: Gateway) -> bool:
    """Whether what it may have taken is queued again, since it takes one key once only."""
    return get_adapter_class(gateway.adapter).resolves_doubt == "same_key"


def fail_over(gateway: Gateway) -> int:
    """Give what waits for a gateway in trouble to another that works, if there is one; returns how many messages.

    Only queued messages move, and none that goes again under its key: what may have been accepted is never given to a
    second provider.
    """
    routes = Routes()
    other = routes.choose(gateway.channel, is_demo=gateway.is_sandbox)
    if other is None or other.pk == gateway.pk or not routes.works(other) or other.is_sandbox != gateway.is_sandbox:
        return 0
    waiting = Message.objects.filter(gateway=gateway, state=MessageState.QUEUED, is_pinned=False)
    if takes_keys(gateway):
        waiting = waiting.filter(look_ups=0)
    return waiting.update(gateway=other)


def missing_gateway(channel: str, *, is_demo: bool) -> Reason:
    """Why nothing can be sent on the channel (E14)."""
    kind = reasons.NO_SANDBOX if is_demo else reasons.NO_GATEWAY
    return kind(channel=channel)


def is_stopped() -> QuerySet[Company]:
    """Not empty while "stop all sending" is on."""
    return Company.objects.filter(is_sending_stopped=True)


def open_gateways(leases_now: datetime.datetime) -> QuerySet[Gateway]:
    """Gateways that may be given a message this instant: on, not paused, rested, its next turn near."""
    has_no_rate = Q(rate_per_second__isnull=True, paced_at__isnull=True)
    return Gateway.objects.filter(
        has_no_rate | Q(rate_full_at__lte=leases_now + READY) | Q(rate_full_at__gt=leases_now + RATE_AHEAD),
        Q(resting_until__isnull=True) | Q(resting_until__lte=leases_now),
        is_on=True,
        paused_at__isnull=True,
    )
