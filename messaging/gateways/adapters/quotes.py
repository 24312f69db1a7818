"""The newest words of a letter: what it quotes is cut off, in the ways that mail programs in our languages mark it."""

import re

MOST_LINES = 5000
LONGEST_INTRODUCTION = 300  # characters
SEPARATORS = re.compile(
    r"-{3,}\s*(original message|forwarded message|wiadomość oryginalna|oryginalna wiadomość|исходное сообщение|"
    r"пересылаемое сообщение|оригінальне повідомлення|вихідне повідомлення|початкове повідомлення)\s*-{3,}|_{20,}",
    re.IGNORECASE,
)
INTRODUCTION = re.compile(  # ends in a colon, and says who wrote when
    r"(?=.*(\d{1,2}[.:/]\d\d|\d{4}|@))"
    r".*(wrote|napisał(\(a\)|a)?|pisze|пишет|написал(\(а\)|а)?|писал(\(а\)|а)?|пише|написа(в|ла)|<[^<>\s]+@[^<>\s]+>)"
    r"\s*:\s*",
    re.IGNORECASE,
)
FIELD = re.compile(
    r"\s*\*?(from|sent|to|cc|subject|date|od|wysłano|wysłane|data|do|dw|temat|от|отправлено|дата|кому|копия|тема|"
    r"від|надіслано|копія)\*?\s*:.*",
    re.IGNORECASE,
)
SIGNATURE = re.compile(r"--\s?")


def newest_words(text: str) -> str:
    """What stands above a quotation, or between quotations; the whole when nothing would be left."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]]
    end = next((index for index in range(len(lines)) if _begins_old_letter(lines, index)), len(lines))
    kept = _without_quotations(lines[:end])
    signature = next((index for index, line in enumerate(kept) if index and SIGNATURE.fullmatch(line)), len(kept))
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(kept[:signature])).strip()
    return words or text.strip()


def _begins_old_letter(lines: list[str], index: int) -> bool:
    """A separator; or three of the fields that Outlook puts above a letter it quotes."""
    line = lines[index].strip()
    if SEPARATORS.fullmatch(line):
        return True
    if not FIELD.fullmatch(line):
        return False
    return sum(bool(FIELD.fullmatch(one)) for one in lines[index : index + 6]) >= 3


def _without_quotations(lines: list[str]) -> list[str]:
    """Lines after > go, with the line that introduces them, which a mail program may have broken in two."""
    kept: list[str] = []
    for index, line in enumerate(lines):
        if line.lstrip().startswith(">"):
            continue
        if _introduces(line) and _is_quoted_next(lines, index + 1):
            continue
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if following and _introduces(f"{line} {following}") and _is_quoted_next(lines, index + 2):
            lines[index + 1] = ">"
            continue
        kept.append(line)
    return kept


def _introduces(line: str) -> bool:
    return len(line) <= LONGEST_INTRODUCTION and bool(INTRODUCTION.fullmatch(line))


def _is_quoted_next(lines: list[str], index: int) -> bool:
    return any(line.lstrip().startswith(">") for line in [one for one in lines[index : index + 4] if one][:1])
