"""Reasons from before they were codes: each sentence that was stored becomes the code and the values that it meant."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.rows.old_sentences import Sentence, into_reasons, into_sentences

OWN = [
    Sentence(r"The robot was deleted\.", "robots.robot_deleted"),
    Sentence(r"The robot was switched off\.", "robots.robot_off"),
    Sentence(r"The order has left the stage\.", "robots.left_stage"),
    Sentence(r"The order was delivered\.", "robots.order_delivered"),
    Sentence(r"The order was cancelled\.", "robots.order_cancelled"),
    Sentence(r"The order was not delivered by then\.", "robots.not_delivered"),
    Sentence(r"The robot tells about deliveries only; this order is: (?P<fulfilment>.*)\.", "robots.no_delivery"),
    Sentence(r"The order has no planned arrival any more\.", "robots.arrival_gone"),
    Sentence(r"The planned arrival has passed\.", "robots.arrival_passed"),
    Sentence(r"The order is on no route, so nobody knows whether the driver's app is live\.", "robots.no_route"),
    Sentence(r"Its validity ended on (?P<at>[\d.]+ at [\d:]+)\.", "robots.expired"),
    Sentence(r"(?P<minutes>\d+) minutes late: send it still\?", "robots.late"),
    Sentence(r"There is no phone number in the order, its location or the client's card\.", "robots.no_phone"),
    Sentence(r"There is no e-mail address in the order, its location or the client's card\.", "robots.no_email"),
    Sentence(r"(?P<number>\+\d+) cannot receive SMS: it is not a mobile number\.", "robots.no_mobile"),
    Sentence(r"The template has no text for (?P<channel>.*)\.", "robots.no_text"),
    Sentence(r"The text is empty once filled\.", "robots.empty_text"),
    Sentence(r"The program failed to fill the text; the log has the details\.", "robots.text_fault"),
    Sentence(
        r"The filled text takes (?P<parts>\d+) SMS parts; at most (?P<allowed>\d+) are allowed\.", "robots.too_long"
    ),
    Sentence(r"Late, discarded by (?P<user>.*)\.", "robots.discarded_by"),
    Sentence(
        r"The program failed or ended three times while working on it, so it is given up; the log has the details\.",
        "robots.given_up",
    ),
]
OF_OTHERS = [
    Sentence(r"There is no placeholder “(?P<name>.*)”\.", "texts.unknown_placeholder"),
    Sentence(r"Cancelled by (?P<user>.*)\.", "outbox.cancelled_by"),
    Sentence(r"The demo was removed\.", "outbox.demo_removed"),
    Sentence(r"(?P<channel>.*) is switched off for this company\.", "outbox.off_for_company"),
    Sentence(r"(?P<channel>.*) is switched off for this client\.", "outbox.off_for_client"),
    Sentence(r"(?P<channel>.*) is switched off for this client location\.", "outbox.off_for_location"),
    Sentence(r"(?P<channel>.*) is switched off for this order\.", "outbox.off_for_order"),
    Sentence(r"Marked as unusable on (?P<since>[\d.]+): (?P<reason>.*)", "outbox.unusable_address"),
    Sentence(r"No gateway for (?P<channel>.*) is connected: nothing can be sent\.", "outbox.no_gateway"),
    Sentence(
        r"A demo client is written to through the sandbox only, and no sandbox for (?P<channel>.*) is on\.",
        "outbox.no_sandbox",
    ),
    Sentence(
        r"The client does not want such messages \((?P<channel>.*), (?P<purpose>.*)\)\.", "locations.refused_by_client"
    ),
    Sentence(
        r"The address does not want such messages \((?P<channel>.*), (?P<purpose>.*)\)\.",
        "locations.refused_for_address",
    ),
    Sentence(r"The client never wrote to us, so there is no line to answer by\.", "inbox.never_wrote"),
    Sentence(r"This sender is blocked: unblock them, then answer\.", "inbox.sender_blocked"),
    Sentence(r"The line “(?P<line>.*)” is switched off\.", "inbox.line_off"),
    Sentence(r"The gateway “(?P<gateway>.*)” is switched off\.", "inbox.gateway_off"),
    Sentence(r"The chat is switched off: the client finds a feedback form there\.", "inbox.chat_off"),
    Sentence(r"“(?P<address>.*)” is no number that takes messages: nobody can be answered there\.", "inbox.no_number"),
    Sentence(
        r"WhatsApp takes free text only within 24 hours of the client's last message: use another line\.",
        "inbox.whatsapp_window_over",
    ),
    Sentence(
        r"“(?P<line>.*)” takes at most (?P<most>\d+) characters, and this has (?P<count>\d+): divide it\.",
        "inbox.too_long_for_line",
    ),
]


def read(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    into_reasons(apps.get_model("robots", "RobotStep").objects, "reason", [*OWN, *OF_OTHERS])


def write(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    into_sentences(apps.get_model("robots", "RobotStep").objects, ["reason"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("robots", "0010_reasons")]
    operations = [migrations.RunPython(read, write)]
