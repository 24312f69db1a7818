"""What the worker does for the demo every minute."""

from .living import live_on


def move_orders() -> None:
    """Move a few of the demo's orders on by one stage, so that messages keep arriving in the sandbox."""
    live_on()
