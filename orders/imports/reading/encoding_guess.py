"""Which of the encodings of one byte a letter a file is in, by what its words would be in each.

Cyrillic words have nothing but Cyrillic letters, Polish (Czech, Hungarian ...) words have theirs among plain ones. So
one word is usually enough, where statistics of letters want a page. Read wrongly, a word has letters of no alphabet of
ours, signs among its letters, or capitals behind small ones.
"""

import re
from collections import Counter
from collections.abc import Iterable

CYRILLIC_LETTERS = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяєіїґАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЄІЇҐ")
POLISH_LETTERS = frozenset("ĄĆĘŁŃÓŚŹŻąćęłńóśźż")
LATIN_LETTERS = POLISH_LETTERS | frozenset("ÁÄÂÇČĎÉĚËÍÎĹĽŇÔÖŐŔŘŠŞŤŢÚŮÜŰÝŽáäâçčďéěëíîĺľňôöőŕřšşťţúůüűýžăĂđĐß")
# The likelier first: of two that fit as well, it is the earlier one.
CYRILLIC = ("cp1251", "cp866", "koi8_r", "koi8_u")
LATIN = ("cp1250", "iso8859_2")
COMMON = dict(zip("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъіїє", range(34, -1, -1), strict=True))  # how usual a letter is
ENOUGH_LETTERS = 8  # small ones and great ones alike may be a word in two encodings; then usual letters tell them apart
MOST_WORDS = 3000  # different ones that are looked at
# A word's bytes with at least one beyond ASCII, and what follows: an initial is told by the name behind it.
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*(?:\. ?[A-Za-z])?")
_SIGNS = re.compile(r"[\s\u00a0«»„“”‘’‹›–—…№§°€•©®™.]+")


def guess_encoding(sample: bytes) -> str:
    """The Python name of one of CYRILLIC and LATIN."""
    words = Counter(_WORD.findall(sample)).most_common(MOST_WORDS)
    undecided = [word for word, _count in words if _is_undecided(word)]
    told = [(word, count) for word, count in words if not _is_undecided(word)]
    scores = {encoding: _score(told, encoding) for encoding in (*LATIN, *CYRILLIC)}
    best = max(scores, key=scores.__getitem__)
    if not told:
        return CYRILLIC[0] if undecided else LATIN[0]
    if best in LATIN:
        return best
    return _best_cyrillic(told, scores)


def _best_cyrillic(words: list[tuple[bytes, int]], scores: dict[str, int]) -> str:
    best = max(scores[encoding] for encoding in CYRILLIC)
    tied = [encoding for encoding in CYRILLIC if scores[encoding] == best]
    if sum(len(word) * count for word, count in words) < ENOUGH_LETTERS:
        return tied[0]
    return max(tied, key=lambda encoding: _usual(words, encoding))


def _is_undecided(word: bytes) -> bool:
    """Words like "żółć", which is "їуіж" as well, tell nothing as long as there is any other."""
    return len(word) > 1 and POLISH_LETTERS.issuperset(word.decode("cp1250", "replace"))


def _score(words: Iterable[tuple[bytes, int]], encoding: str) -> int:
    return sum(count * _worth(word, encoding) for word, count in words)


def _worth(word: bytes, encoding: str) -> int:
    """The number of letters beyond ASCII, if the word is one in this encoding; less than nothing if it is none."""
    text = word.decode(encoding, "replace")
    is_word = _is_cyrillic if encoding in CYRILLIC else _is_latin
    return sum(_weigh(part) if is_word(part, text) else -_weigh(part) for part in _SIGNS.split(text))


def _weigh(part: str) -> int:
    return 0 if part.isascii() else sum(char > "\x7f" for char in part)


def _is_cyrillic(part: str, text: str) -> bool:
    is_initial_of_latin = len(part) == 1 and text[-1:].isascii() and text[-1:].isalpha()
    return CYRILLIC_LETTERS.issuperset(part) and _has_shape(part) and not is_initial_of_latin


def _is_latin(part: str, text: str) -> bool:
    if len(part) == 1 and part.isupper():  # an initial
        return part in LATIN_LETTERS and text[-1:].isascii() and (text[-1:].isalpha() or text[-1:] == ".")
    has_plain = any(char.isascii() for char in part)
    return has_plain and _has_shape(part) and all(char.isascii() or char in LATIN_LETTERS for char in part)


def _has_shape(part: str) -> bool:
    return part.islower() or part.isupper() or part[1:].islower() or part.istitle()


def _usual(words: Iterable[tuple[bytes, int]], encoding: str) -> int:
    return sum(count * sum(COMMON.get(c, 0) for c in word.decode(encoding, "replace").lower()) for word, count in words)
