"""What happens in the chat by itself, once a minute."""

from django.utils import timezone

from .marks import wake_snoozed
from .silence import alarm


def look_after() -> tuple[int, int]:
    """A task: bring back what was put aside until now, raise the alarm where nobody answered; returns both counts."""
    now = timezone.now()
    return wake_snoozed(now), alarm(now)
