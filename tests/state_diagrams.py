"""docs/states.md, drawn from the tables of transitions: `python -m tests.state_diagrams` writes it anew."""

from collections.abc import Iterable
from pathlib import Path

import django
from django.conf import settings
from django.utils import translation

HEAD = """# States

This page is drawn from the tables in the code: `python -m tests.state_diagrams` writes it anew.
"""


def diagram(states: Iterable, table: dict) -> str:
    """Mermaid's: one arrow for each two states, with everybody who moves that way."""
    arrows = [f"    {one.value} --> {other.value}: {', '.join(movers)}" for (one, other), movers in table.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *sorted(arrows), "```"])


def meanings(states: Iterable) -> str:
    return "\n".join(["| state | what it means |", "|---|---|", *(f"| {s.value} | {s.meaning} |" for s in states)])


def page() -> str:
    from messaging.inbox import states as chat
    from messaging.outbox import states as outbox
    from messaging.robots import states as robots

    parts = [
        ("A message", "messaging/outbox/states.py", outbox.MessageState, outbox.TRANSITIONS),
        ("A robot's step", "messaging/robots/states.py", robots.StepState, robots.TRANSITIONS),
        ("A conversation", "messaging/inbox/states.py", chat.ConversationState, chat.TRANSITIONS),
    ]
    with translation.override("en"):
        texts = [
            f"\n## {title}\n\n`{path}`\n\n{meanings(states)}\n\n{diagram(states, transitions.table)}\n"
            for title, path, states, transitions in parts
        ]
    return HEAD + "".join(texts)


def target() -> Path:
    return settings.BASE_DIR / "docs" / "states.md"


if __name__ == "__main__":
    django.setup()
    target().write_text(page())
