"""Reading phone numbers: the quick way gives exactly what the library's own parser gives."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locations.values.phones import ValidPhone, has_several, parse_phone
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


@pytest.mark.parametrize(
    "text", ["telefon: 501 234 567", "Тел. 501234567", "mob 501234567", "'501234567", "501234567.0"]
)
def test_what_stands_before_a_number_is_no_part_of_it(text):
    assert parse_phone(text, "PL") == "+48501234567"


@pytest.mark.parametrize(
    "text", ["501 234 JAN", "501234567 Jan", "501234567 wew. 5", "InPost", "501CALLME", "501234567 ext 5"]
)
def test_letters_are_never_dialled(text):
    assert parse_phone(text, "PL") == ""


@pytest.mark.parametrize(
    "text", ["501234567, 502345678", "501234567;502345678", "501234567 / +48502345678", "501234567\n502345678",
             "+48501234567 +48502345678", "501234567,502345678", "501234567/502345678"],
)  # fmt: skip
def test_of_two_numbers_none_is_dropped_silently(text):
    assert parse_phone(text, "PL") == ""
    assert has_several(text)
