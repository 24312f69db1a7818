"""What people write in files, in English, Polish, Russian and Ukrainian, and what it means here."""

from locations.models import Gender
from orders.models import Fulfilment, PaymentType


def _meanings(said: dict[str, str]) -> dict[str, str]:
    return {word: meaning for meaning, words in said.items() for word in [meaning, *words.split(", ")]}


GENDERS = _meanings(
    {
        Gender.MALE.value: (
            "m, man, mr, mężczyzna, męska, męski, pan, м, муж, мужской, мужчина, ч, чол, чоловік, чоловіча"
        ),
        Gender.FEMALE.value: (
            "f, woman, mrs, ms, k, kobieta, żeńska, żeński, pani, ж, жен, женский, женщина, жін, жінка, жіноча"
        ),
    }
)
FULFILMENTS = _meanings(
    {
        Fulfilment.DELIVERY.value: (
            "courier, dostawa, z dostawą, kurier, доставка, с доставкой, курьер, курьером, кур'єр, кур’єр, з доставкою"
        ),
        Fulfilment.PICKUP.value: (
            "pick-up, pick up, takeaway, take-away, take away, odbiór, odbiór osobisty, odbiór własny, na wynos, "
            "самовывоз, с собой, навынос, самовивіз, з собою"
        ),
        Fulfilment.DINE_IN.value: (
            "dine-in, dine in, eat in, na miejscu, w lokalu, в зале, в ресторане, на месте, в залі, на місці, у закладі"
        ),
    }
)
PAYMENT_TYPES = _meanings(
    {
        PaymentType.CASH.value: "gotówka, gotówką, наличные, наличными, готівка, готівкою",
        PaymentType.CARD.value: "karta, kartą, by card, карта, картой, картка, карткою",
        PaymentType.ONLINE.value: (
            "online payment, płatność online, онлайн, онлайн-оплата, оплата онлайн, на сайте, на сайті"
        ),
        PaymentType.TRANSFER.value: (
            "bank transfer, przelew, przelewem, перевод, банковский перевод, безналичный расчёт, безнал, переказ, "
            "банківський переказ, безготівковий розрахунок"
        ),
    }
)
LANGUAGES = _meanings(
    {
        "en": "english, angielski, английский, англійська, eng",
        "pl": "polish, polski, польский, польська, pol",
        "ru": "russian, rosyjski, русский, російська, rus",
        "uk": "ua, ukrainian, ukraiński, украинский, українська, ukr",
    }
)
CURRENCIES = _meanings(
    {
        "PLN": "pln, zł, zl, złotych",
        "RUB": "rub, ₽, р, руб, рублей",
        "UAH": "uah, ₴, грн, гривень",
        "EUR": "eur, €, euro, евро, євро",
        "USD": "usd, $",
    }
)
