"""In which encoding a letter's bytes are written, where nobody said so or what was said is wrong."""

import codecs
import re

SAMPLE = 20_000  # bytes that are enough to tell one from another
# Python has codecs that are no charsets of letters (zlib, idna, unicode_escape): some unpack, some take for ever.
KNOWN = re.compile(
    r"ascii|utf-?(8|16|32|7)(-(le|be|sig))?|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*"
    r"|iso2022_\w+|johab|kz1048|ptcp154|tis-620"
)
CYRILLIC, LATIN = ("cp1251", "koi8-u"), ("cp1250", "iso8859-2", "cp1252")
POLISH = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
WESTERN = frozenset("äöüßéèêàâçñáíúùûôîëïœåæøÄÖÜÉÈÀÇÑÅÆØ")
MARKS = frozenset("„”“«»–—…№’§° \xa0")
MOST_BROKEN = 0.02  # share of characters that may be damaged in a text that says in what encoding it is


def decode(content: bytes, told: str = "") -> str:
    """The text; never raises. `told`: the charset that the letter names."""
    codec = known(told)
    if codec == "iso8859-1":
        codec = "cp1252"  # what programs mean by it
    for name in filter(None, (codec, "utf-8")):
        try:
            return content.decode(name)
        except UnicodeError:
            continue
    if codec in {"utf-8", *CYRILLIC, *LATIN}:
        text = content.decode(codec, "replace")
        if text.count("\ufffd") <= len(text) * MOST_BROKEN:
            return text
    return content.decode(guess(content), "replace")


def known(charset: str) -> str:
    """The name of Python's codec; "" for what is no charset of letters."""
    if not charset or len(charset) > 40 or not charset.isascii() or not charset.isprintable():
        return ""
    try:
        name = codecs.lookup(charset.strip().strip("'\"")).name
    except (LookupError, ValueError):
        return ""
    return name if KNOWN.fullmatch(name) else ""


def guess(content: bytes) -> str:
    """UTF-8, or the encoding in which the bytes look most like words of our customers."""
    sample = content[:SAMPLE]
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:  # a character that the sample cuts in two is no fault
            return max((*CYRILLIC, *LATIN), key=lambda name: likeness(sample.decode(name, "replace"), name))
    return "utf-8"


def likeness(text: str, name: str) -> float:
    """How much a text looks like words; higher is better."""
    weigh = _weigh_cyrillic if name in CYRILLIC else _weigh_latin
    return sum(
        weigh(text[index - 1 : index], char, text[index + 1 : index + 2])
        for index, char in enumerate(text)
        if char > "\x7f" and char not in MARKS
    )


def _weigh_cyrillic(before: str, char: str, after: str) -> float:
    """Words are in one script, and small letters follow great ones."""
    if not "Ѐ" <= char <= "ӿ":
        return -2
    if _is_latin(before) or _is_latin(after):
        return -2
    if char.isupper():
        return -1 if before.islower() else 0.5
    return 1.5


def _weigh_latin(before: str, char: str, after: str) -> float:
    if not char.isalpha():
        return -2
    if char in POLISH:
        return 1 if _is_latin(before) or _is_latin(after) else 0.5
    is_among_others = before > "\x7f" or after > "\x7f"
    return 0.4 if char in WESTERN and not is_among_others else -0.5


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()
