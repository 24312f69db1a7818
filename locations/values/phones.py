"""One way to read a phone number, for every door: files, forms, the API."""

import re
from functools import lru_cache

import phonenumbers
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata

_PLAIN = re.compile(r"\+?[0-9](?:[ ()-]?[0-9])+")
_WITHOUT_PUNCTUATION = str.maketrans("", "", " ()-")
# What people write before a number. Any other letters would be dialled: 1-800-FLOWERS is one, "912-34-56 Jan" is none.
_LABEL = re.compile(
    r"['‘’]?\s*(?:telefon|telephone|tel|phone|mobile|mob|komórka|kom|gsm|cell|телефон|тел|мобильный|мобільний|моб)?"
    r"\.?:?\s*",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"[,;|\n\r]|[/\\]\s*\+|\s\+")
_SPREADSHEET = re.compile(r"\+?[0-9]{7,15}(?=\.0\Z)")  # a number that went through a cell of numbers
MOST_DIGITS = 16  # E.164's 15 and a prefix to dial
TEXTABLE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def has_letters(text: str) -> bool:
    """Whether there are letters in it that would be dialled as digits; "tel." before a number is none of them."""
    return any(char.isalpha() for char in _written(text))


def has_several(text: str) -> bool:
    """Whether these are two phone numbers: nobody knows which one is meant, and the second must not be lost."""
    written = _written(text)
    if sum(char.isdigit() for char in written) > MOST_DIGITS:
        return True
    parts = [part for part in _SEVERAL.split(written) if part and sum(char.isdigit() for char in part) >= 5]
    return len(parts) > 1


def _written(text: str) -> str:
    """The text without what stands before a number, and as it was before a spreadsheet counted with it."""
    label = _LABEL.match(text)
    written = (text[label.end() :] if label else text).strip()
    counted = _SPREADSHEET.match(written)
    return counted[0] if counted else written


def parse_phone(text: str, country: str) -> str:
    """The number in E.164, or "" if `text` is no valid number when written in `country` (ISO code, e.g. "PL").

    Nor is it one with letters in it or with a second number behind it; `has_letters` and `has_several` say which.
    """
    number = _plain_number(text, country)
    if not number and (has_letters(text) or has_several(text)):
        return ""
    text = text if number else _written(text)
    if number:
        mobile = _mobile_numbers(number.country_code)
        is_mobile = mobile is not None and mobile.fullmatch(str(number.national_number))
        is_valid = is_mobile or phonenumbers.is_valid_number(number)
        return f"+{number.country_code}{number.national_number}" if is_valid else ""
    try:
        number = phonenumbers.parse(text, country or None)
    except NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _plain_number(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    """What `phonenumbers.parse` makes of digits that begin with nothing special, at a tenth of its cost; else None."""
    if not _PLAIN.fullmatch(text):
        return None
    digits = text.translate(_WITHOUT_PUNCTUATION)
    code, national = _calling_code(digits[1:]) if digits[0] == "+" else (0, digits)
    region = phonenumbers.region_code_for_country_code(code) if code else country
    special = _special_beginnings(region)
    if special is None or special.match(national) or not 5 <= len(national) <= 12:
        return None
    code = code or phonenumbers.country_code_for_region(region)
    return phonenumbers.PhoneNumber(country_code=code, national_number=int(national))


def _calling_code(digits: str) -> tuple[int, str]:
    """The country's calling code and the rest; 0 when there is none. No code is the beginning of another one."""
    for length in (1, 2, 3):
        if int(digits[:length]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return int(digits[:length]), digits[length:]
    return 0, ""


@lru_cache
def _mobile_numbers(code: int) -> re.Pattern[str] | None:
    """Mobile numbers of a calling code that is one country's own: most are such, and the library looks there last."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    rules = PhoneMetadata.metadata_for_region(regions[0], None) if len(regions) == 1 else None
    if rules is None or not (rules.general_desc and rules.mobile and rules.mobile.national_number_pattern):
        return None
    return re.compile(
        f"(?=(?:{rules.general_desc.national_number_pattern})$)(?:{rules.mobile.national_number_pattern})"
    )


@lru_cache
def _special_beginnings(region: str) -> re.Pattern[str] | None:
    """Beginnings of national numbers that may be a prefix to dial, abroad or at home, or the country's own code."""
    rules = PhoneMetadata.metadata_for_region(region, None)
    if rules is None:
        return None
    code = str(phonenumbers.country_code_for_region(region))
    beginnings = ["0", code, rules.international_prefix, rules.national_prefix_for_parsing]
    return re.compile("|".join(f"(?:{beginning})" for beginning in beginnings if beginning))


@lru_cache(maxsize=10_000)
def can_receive_sms(e164: str) -> bool:
    """Whether the number's type can take a text; ported numbers keep their type, so it is no proof of reachability."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return False
    return phonenumbers.number_type(number) in TEXTABLE


@lru_cache
def example_phone(country: str) -> str:
    """How a mobile number of the country is written, to show people: `+48 512 345 678`."""
    number = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else "+48 512 345 678"


def mask_phone(e164: str) -> str:
    """A number as lists show it: `+48 501 *** 123`, `+7 916 *** 123`."""
    if len(e164) <= 9 or not e164[1:].isdecimal():
        return e164
    code, national = _calling_code(e164[1:])
    return f"+{code} {national[:3]} *** {e164[-3:]}" if code else e164


@lru_cache(maxsize=10_000)
def group_phone(e164: str) -> str:
    """A whole number in groups, as people of its country write it: `+48 501 234 567`; what is no number as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(e164, None), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return e164


class ValidPhone(PhoneNumber):
    """A number that `parse_phone` has already found valid. Storing it parses nothing again (50 us each)."""

    def __init__(self, e164: str) -> None:
        super().__init__(raw_input=e164)
        self.e164 = e164

    def __len__(self) -> int:  # what Django asks to know whether there is a number at all
        return len(self.e164)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ValidPhone):
            return self.e164 == other.e164
        if other == "" or not isinstance(other, str | phonenumbers.PhoneNumber):
            return False  # Django asks whether the number is one of its empty values
        return PhoneNumber.from_string(self.e164) == other

    __hash__ = PhoneNumber.__hash__

    def is_valid(self) -> bool:
        return True

    def format_as(self, format: int) -> str:
        if format == PhoneNumberFormat.E164:
            return self.e164
        if self.country_code is None:
            phonenumbers.parse(self.e164, None, keep_raw_input=True, numobj=self)
        return super().format_as(format)
