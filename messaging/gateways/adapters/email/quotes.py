"""The newest words of a letter, above or below what it quotes. What is folded away stays in the whole text.

Only what mail programs write is taken for a quotation: when in doubt, the words are the customer's own and are shown.
"""

import re

from locations.values.languages import letter_patterns

MOST_LINES = 5000
LONGEST_INTRODUCTION = 300  # characters
MOST_SIGNATURE_LINES = 10
FORWARDED = re.compile(
    rf"(-{{3,}}\s*({letter_patterns('forwarded')})\b.*|{letter_patterns('forwarding_began')})", re.IGNORECASE
)
FORWARDING_SUBJECT = re.compile(rf"\s*({letter_patterns('forwarding_subject')})\s*:", re.IGNORECASE)
SEPARATOR = re.compile(rf"-{{3,}}\s*({letter_patterns('separator')})\s*-{{3,}}", re.IGNORECASE)
RULE = re.compile(r"_{20,}")
INTRODUCTION = re.compile(  # ends in a colon, and says who wrote when
    r"(?=.*(\d{1,2}[.:/]\d\d|\d{4}|@))"
    rf".*({letter_patterns('introduction')}|<[^<>\s]+@[^<>\s]+>)\s*:\s*",
    re.IGNORECASE,
)
FIELDS = {name: letter_patterns(name) for name in ("from", "sent", "to", "subject")}
FIELD = re.compile(
    r"\s*\*?(?:" + "|".join(f"(?P<{name}>{words})" for name, words in FIELDS.items()) + r")\*?\s*:\*?\s*\S.*",
    re.IGNORECASE,
)
SIGNATURE = "-- "  # RFC 3676: with the space; two dashes alone are a customer's own


def newest_words(text: str, subject: str = "") -> str:
    """What stands above a quotation, or below a single one; the whole when nothing would be left, or when the letter
    was forwarded: then the old words are what it is about.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if is_forwarded(lines, subject) or len(lines) > MOST_LINES:
        return text.strip()
    lines = lines[: _old_letter_at(lines)]
    kept = _without_quotation(_without_signature(lines))
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in kept)).strip()
    return words or text.strip()


def is_forwarded(lines: list[str], subject: str) -> bool:
    """Whether the old words are what the letter is about."""
    return bool(FORWARDING_SUBJECT.match(subject)) or any(FORWARDED.match(line.strip()) for line in lines)


def _old_letter_at(lines: list[str]) -> int:
    """The line where an old letter begins that is quoted without marks; their number when there is none."""
    for index, line in enumerate(lines):
        words = line.strip()
        if SEPARATOR.fullmatch(words) or _is_heading(lines, index):
            return index
        if RULE.fullmatch(words) and any(_is_heading(lines, after) for after in (index + 1, index + 2)):
            return index
    return len(lines)


def _is_heading(lines: list[str], index: int) -> bool:
    """Fields above a letter that Outlook quotes: who, what about, and when or to whom, one under another.

    A customer's “Data: 5 grudnia / Od: 14:00 / Do: 18:00” names no subject.
    """
    names = set()
    if index and lines[index - 1].strip() and not RULE.fullmatch(lines[index - 1].strip()):
        return False
    for line in lines[index : index + 6]:
        field = FIELD.fullmatch(line)
        if field is None:
            break
        names |= {name for name, words in field.groupdict().items() if words}
    return {"from", "subject"} <= names and len(names) >= 3


def _without_signature(lines: list[str]) -> list[str]:
    last = next((index for index in range(len(lines) - 1, 0, -1) if lines[index] == SIGNATURE), len(lines))
    return lines[:last] if len(lines) - last <= MOST_SIGNATURE_LINES else lines


def _without_quotation(lines: list[str]) -> list[str]:
    """Lines after > go if a mail program introduced them and nothing but them; answers written between questions keep
    the questions.
    """
    blocks = _quotations(lines)
    if not blocks:
        return lines
    start, end = blocks[-1]
    answers_follow = any(line.strip() for line in lines[end:])
    if len(blocks) > 1 and answers_follow:
        return lines
    begin = _introduction_at(lines, start)
    if begin is None:
        return lines
    return lines[:begin] + lines[end:]


def _quotations(lines: list[str]) -> list[tuple[int, int]]:
    """From where to where lines begin with >, empty ones between them included."""
    blocks: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        if not line.lstrip().startswith(">"):
            continue
        if blocks and not any(one.strip() for one in lines[blocks[-1][1] : index]):
            blocks[-1] = (blocks[-1][0], index + 1)
        else:
            blocks.append((index, index + 1))
    return blocks


def _introduction_at(lines: list[str], quoted_at: int) -> int | None:
    """The line that introduces a quotation, which a mail program may have broken in two; None: nothing does."""
    last = quoted_at - 1
    while last >= 0 and not lines[last].strip():
        last -= 1
    if last < 0:
        return None
    above = lines[last - 1].strip() if last else ""
    is_second_half = not re.search(r"\d", lines[last].partition("@")[0]) and bool(re.search(r"\d", above))
    if is_second_half and _introduces(f"{above} {lines[last].strip()}"):
        return last - 1
    return last if _introduces(lines[last]) else None


def _introduces(line: str) -> bool:
    return len(line) <= LONGEST_INTRODUCTION and bool(INTRODUCTION.fullmatch(line.strip()))
