"""What happens in the chat by itself, once a minute."""

from django.utils import timezone

from .automation.unanswered import alarm
from .conversations.state import wake_snoozed
from .conversations.zones import follow_places


def look_after() -> tuple[int, int]:
    """A task: bring back what was put aside until now, raise the alarm where nobody answered; returns both counts.

    Conversations follow their clients into other zones, too.
    """
    now = timezone.now()
    follow_places()
    return wake_snoozed(now), alarm(now)
