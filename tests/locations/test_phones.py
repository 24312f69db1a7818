"""Reading phone numbers: the quick way gives exactly what the library's own parser gives."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locations.phones import ValidPhone, parse_phone
from orders.models import Order

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@st.composite
def written_numbers(draw):
    """Numbers real and broken, with the prefixes people put before them."""
    region = draw(st.sampled_from(REGIONS))
    kind = draw(st.sampled_from([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE]))
    example = phonenumbers.example_number_for_type(region, kind)
    national = phonenumbers.national_significant_number(example) if example else "501234567"
    digits = national[: draw(st.integers(0, 5))] + draw(st.text("0123456789", max_size=9))
    code = phonenumbers.country_code_for_region(region)
    prefix = draw(
        st.sampled_from(["", "", f"+{code}", f"+{code} ", f"00{code}", f"{code}", "0", "8", "1", f"+{code}0"])
    )
    text = prefix + draw(st.sampled_from([national, digits]))
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.sampled_from(["", " ", "-", "(", ") "])) + text[at:], draw(
        st.sampled_from([region, "PL", ""])
    )


@settings(max_examples=1500, deadline=None)
@given(written_numbers())
def test_it_reads_as_the_library_does(written):
    text, country = written
    try:
        number = phonenumbers.parse(text, country or None)
        expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        expected = expected if phonenumbers.is_valid_number(number) else ""
    except phonenumbers.NumberParseException:
        expected = ""
    assert parse_phone(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("501 234 567", "PL", "+48501234567"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("+7 916 123 45 67", "PL", "+79161234567"),
        ("067 123 45 67", "UA", "+380671234567"),
        ("501", "PL", ""),
        ("501 234 567", "", ""),
        ("phone", "PL", ""),
    ],
)
def test_it_reads_numbers_as_people_write_them(text, country, e164):
    assert parse_phone(text, country) == e164


def test_a_number_found_valid_behaves_as_any_other():
    phone = ValidPhone("+48501234567")
    parsed = Order(contact_phone="+48501234567").contact_phone
    assert phone == parsed
    assert hash(phone) == hash(parsed)
    assert (str(phone), phone.as_national, phone.as_e164) == (str(parsed), parsed.as_national, parsed.as_e164)
    assert len({phone, parsed}) == 1
    assert bool(phone)
