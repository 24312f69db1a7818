"""The demo company: two departments, their zones, the sandbox, texts and robots."""

from typing import Any

from locations.models import Channel, DeliveryZone, Department
from messaging.gateways.models import Gateway
from messaging.robots.models import Robot
from messaging.texts.models import MessageTemplate, TemplateText
from orders.models import Stage, StageKind

from .made import find_or_make
from .words import ACCEPTED, ARRIVING, ON_THE_WAY, READY, THANKS, Words

RESTAURANT = "Restauracja Testowa"
WATER = "Вода «Пример»"
DEPARTMENTS: dict[str, dict[str, str]] = {
    RESTAURANT: {
        "phone": "+48226000001",
        "country": "PL",
        "time_zone": "Europe/Warsaw",
        "language": "pl",
        "currency": "PLN",
    },
    WATER: {
        "phone": "+74956000001",
        "country": "RU",
        "time_zone": "Europe/Moscow",
        "language": "ru",
        "currency": "RUB",
    },
}
ZONES = ["Strefa Centrum", "Strefa Północ", "Зона А", "Зона Б"]
GATEWAYS = {"Sandbox phone": "sandbox_sms", "Sandbox mailbox": "sandbox_email"}
TEMPLATES: dict[str, Words] = {
    "Demo: accepted": ACCEPTED,
    "Demo: ready": READY,
    "Demo: on the way": ON_THE_WAY,
    "Demo: soon there": ARRIVING,
    "Demo: thank you": THANKS,
}
STAGE_ROBOTS: list[tuple[str, StageKind, dict[str, Any]]] = [
    ("accepted", StageKind.PREPARING, {"delivery_only": False}),
    ("ready", StageKind.READY, {"delivery_only": False}),
    ("on the way", StageKind.ON_THE_WAY, {}),
]
ARRIVAL_LEAD = 15  # minutes


def make_company() -> None:
    for name, fields in DEPARTMENTS.items():
        find_or_make(Department, name, **fields)
    for name in ZONES:
        find_or_make(DeliveryZone, name)
    for name, adapter in GATEWAYS.items():
        find_or_make(Gateway, name, adapter=adapter)
    for name, words in TEMPLATES.items():
        make_template(name, words)
    make_robots()


def make_template(name: str, words: Words) -> None:
    template = find_or_make(MessageTemplate, name)
    if not template.texts.exists():
        TemplateText.objects.bulk_create(
            TemplateText(template=template, channel=channel, language=language, subject=subject, body=body)
            for (channel, language), (subject, body) in words.items()
        )


def make_robots() -> None:
    """Switched on: accepted, ready, on the way; before the arrival; thank-you two days later."""
    for word, kind, fields in STAGE_ROBOTS:
        stage = Stage.objects.filter(kind=kind).first()
        if stage is not None:
            make_robots_of(word, event="stage_entered", stage=stage, **fields)
    make_robots_of("soon there", event="arrival", lead_minutes=ARRIVAL_LEAD, only_while_driver_live=False)
    make_robots_of("thank you", event="order_placed", days=2, delivery_only=False)


def make_robots_of(word: str, **fields: Any) -> None:
    """One robot for each channel that the template has words for."""
    template = MessageTemplate.objects.get(name=f"Demo: {word}")
    for channel in Channel.written():
        if template.texts.filter(channel=channel).exists():
            name = f"Demo: {word}, {channel.label}"
            find_or_make(Robot, name, is_on=True, channel=channel, template=template, **fields)
