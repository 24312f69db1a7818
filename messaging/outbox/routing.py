"""Through which gateway a message goes."""

from django.db.models import Q, QuerySet

from locations.models import Account, Channel
from messaging.gateways.models import Gateway


class Routes:
    """The gateways that are on, read once per batch."""

    def __init__(self) -> None:
        self.gateways = sorted(
            Gateway.objects.filter(is_on=True), key=lambda gateway: (gateway.is_sandbox, -gateway.weight, gateway.pk)
        )

    def choose(self, channel: str, *, is_demo: bool) -> Gateway | None:
        """The heaviest real gateway of the channel, else the sandbox; for demo clients only the sandbox; else None."""
        for gateway in self.gateways:
            if gateway.channel == channel and (gateway.is_sandbox or not is_demo):
                return gateway
        return None


def missing_gateway(channel: str, *, is_demo: bool) -> str:
    """Why nothing can be sent on the channel, in words (E14)."""
    label = Channel(channel).label
    if is_demo:
        return f"A demo client is written to through the sandbox only, and no sandbox for {label} is on."
    return f"No gateway for {label} is connected: nothing can be sent."


def is_stopped() -> QuerySet[Account]:
    """Not empty while "stop all sending" is on."""
    return Account.objects.filter(is_sending_stopped=True)


def open_gateways(leases_now: object) -> QuerySet[Gateway]:
    """Gateways that may be given a message this instant: on, not paused, with a permit left."""
    return Gateway.objects.filter(
        Q(rate_per_second__isnull=True) | Q(rate_full_at__lte=leases_now), is_on=True, paused_at__isnull=True
    )
