"""What people write in files, in all languages, and what it means here."""

from locations.values.languages import meanings

GENDERS, FULFILMENTS, PAYMENT_TYPES, LANGUAGES, CURRENCIES = map(
    meanings, ("genders", "fulfilments", "payments", "languages", "currencies")
)
