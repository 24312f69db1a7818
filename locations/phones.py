"""One way to read a phone number, for every door: files, forms, the API."""

from functools import lru_cache

import phonenumbers
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

TEXTABLE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def parse_phone(text: str, country: str) -> str:
    """The number in E.164, or "" if `text` is no valid number when written in `country` (ISO code, e.g. "PL")."""
    try:
        number = phonenumbers.parse(text, country or None)
    except NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=10_000)
def can_receive_sms(e164: str) -> bool:
    """Whether the number's type can take a text; ported numbers keep their type, so it is no proof of reachability."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return False
    return phonenumbers.number_type(number) in TEXTABLE


def mask_phone(e164: str) -> str:
    """A number as lists show it: `+48 501 *** 123`."""
    return f"{e164[:3]} {e164[3:6]} *** {e164[-3:]}" if len(e164) > 9 else e164


class ValidPhone(PhoneNumber):
    """A number that `parse_phone` has already found valid. Storing it parses nothing again (50 us each)."""

    def __init__(self, e164: str) -> None:
        super().__init__(raw_input=e164)
        self.e164 = e164

    def __len__(self) -> int:  # what Django asks to know whether there is a number at all
        return len(self.e164)

    def is_valid(self) -> bool:
        return True

    def format_as(self, format: int) -> str:
        if format == PhoneNumberFormat.E164:
            return self.e164
        if self.country_code is None:
            phonenumbers.parse(self.e164, None, keep_raw_input=True, numobj=self)
        return super().format_as(format)
