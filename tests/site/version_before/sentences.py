"""Every sentence that the version before kept as a reason, read from `sentences.txt`."""

from pathlib import Path


def _read() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in Path(__file__).with_name("sentences.txt").read_text().splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            section.append(line)
    return found


_all = _read()
REFUSED, UNKNOWN = _all["refused"], _all["unknown"]
"""What providers said: certainly not taken, and nobody knows."""
SUPPRESSED, POLLS, CALLS, FILES, IMPORTS = (_all[name] for name in ("suppressed", "poll", "call", "file", "import"))


def _pairs(name: str) -> list[tuple[str, str]]:
    return [(first, sentence) for first, _bar, sentence in (line.partition("|") for line in _all[name])]


MESSAGES, STEPS, CELLS = _pairs("message"), _pairs("step"), _pairs("cell")
"""(state, sentence) of messages and of steps; (column, sentence) of refused cells."""


def read_now(sentence: str) -> str:
    """How the sentence reads after the update: as it was, but for a few that are worded better now."""
    for before, now in _pairs("reads now"):
        sentence = sentence.replace(before, now)
    return sentence
