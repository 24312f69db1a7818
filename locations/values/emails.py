"""One verdict on an e-mail address for every door (A3, A4, decision 4)."""

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

ODD_LETTER = _("“%(value)s” has the letter “%(odd)s”; an e-mail address uses Latin letters only.")
IS_NO_EMAIL = _("“%(value)s” is not an e-mail address; write it like name@example.com.")
_django_validator = EmailValidator()


def validate_email(value: str) -> None:
    """Accepts what Django accepts, in Latin letters only.

    Raises ValidationError with a sentence for the user; its code is "odd_letter" or "invalid".
    """
    if not value.isascii():
        odd = next(char for char in value if not char.isascii())
        raise ValidationError(ODD_LETTER, code="odd_letter", params={"value": value, "odd": odd})
    try:
        _django_validator(value)
    except ValidationError:
        raise ValidationError(IS_NO_EMAIL, code="invalid", params={"value": value}) from None
