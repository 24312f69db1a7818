"""The company for which orders_500.csv is written: the list beside the file names its stages, robots and opt-outs."""

import json

from locations.consent import suppress
from locations.models import Company
from locations.values.reasons import in_words
from messaging.texts.models import MessageTemplate, TemplateText
from orders.models import Stage
from tests.imports.files import make_orders_500 as maker
from tests.makers import make_gateway, make_robot, make_stages

FILE = (maker.FOLDER / "orders_500.csv").read_bytes()
EXPECTED = json.loads((maker.FOLDER / "orders_500.json").read_text(encoding="utf-8"))


def open_company() -> None:
    make_stages()
    Company.objects.update_or_create(pk=1, defaults=EXPECTED["company"])
    for position, (name, kind) in enumerate(EXPECTED["stages"]):
        Stage.objects.filter(kind=kind).update(name=name, position=position)
    for channel in ("sms", "email"):
        make_gateway(f"sandbox_{channel}")
    for robot in EXPECTED["robots"]:
        template = MessageTemplate.objects.create(name=f"{robot['stage']} {robot['channel']}")
        TemplateText.objects.create(
            template=template, channel=robot["channel"], language="ru", subject=robot["subject"], body=robot["body"]
        )
        make_robot(Stage.objects.get(name=robot["stage"]), channel=robot["channel"], template=template)
    suppress(EXPECTED["opted_out"], "sms", "service", in_words("said stop"))
