"""Reasons from before they were codes: each sentence that was stored becomes the code and the values that it meant."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.rows.old_sentences import Sentence, declared_sentences, into_reasons, into_sentences
from locations.values.reasons import NONE, Reason

OF_GATEWAYS = ["pause_reason", "last_error", "pace_reason", "hook_problem", "poll_problem"]
REWORDED = [
    Sentence(
        r"(?P<provider>SerwerSMS)'s state “(?P<status>[^”]*)” of a message is not known\.", "gateways.unknown_status"
    ),
    Sentence(
        r"(?P<count>\d+) messages in a row were refused with the code (?P<code>.*?), which this program does not know:"
        r" the account may be at fault\. Look at the provider's panel, then resume\. (?P<following>.*)",
        "gateways.unknown_codes",
    ),
    Sentence(r"Not written on the sandbox's pages", "sandbox.not_written_here"),
    *(
        Sentence(rf"The mail server {words}: (?P<code>-?\d+) ?(?P<words>.*)", f"smtp.{code}")
        for words, code in {
            "refused the user name or password": "login_refused",
            "refused the sender": "sender_refused",
            "refused the recipient": "recipient_refused",
            "refused the letter": "letter_refused",
            "did not let us in": "not_let_in",
        }.items()
    ),
]
OF_THE_CHAT = [
    Sentence(r"The same message came before: it is in the chat\.", "inbox.came_before"),
    Sentence(r"Our own letter came back: nobody answers it\.", "inbox.own_letter"),
    Sentence(r"Only (?P<taken>\d+) of its (?P<sent>\d+) files are in the chat\.", "inbox.too_many_files"),
    Sentence(r"Nobody can write to this gateway\.", "inbox.gateway_without_line"),
    Sentence(r"Nobody knows who wrote it\.", "inbox.unknown_sender"),
]

PARTS = {
    *(one.code for one in OF_THE_CHAT),
    "gateways.unknown_status",
    "gateways.unknown_message",
    "gateways.not_to_be_shown",
    "gateways.keep_failed",
    "smsapi.nothing_known",
    "serwersms.files_in_panel",
    "twilio.unknown_type",
}
"""What may stand beside others on one call."""


def sentences_of(adapter: str = "") -> list[Sentence]:
    """All that were ever stored; where two providers say the same, this one's come first."""
    return [*REWORDED, *OF_THE_CHAT, *declared_sentences(adapter.partition("_")[0])]


def joined(known: list[Sentence]) -> list[Sentence]:
    """The same, also where others stood before: what was wrong with one call stood in one line."""
    parts = [one for one in known if one.code in PARTS]
    return [*(Sentence(rf"(?P<why>.+) {one.pattern}", one.code) for one in parts), *known]


def read(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    gateways = apps.get_model("gateways", "Gateway").objects
    for adapter in sorted(set(gateways.values_list("adapter", flat=True))):
        for field in OF_GATEWAYS:
            into_reasons(gateways.filter(adapter=adapter), field, sentences_of(adapter))
    into_reasons(apps.get_model("gateways", "HookEvent").objects, "problem", joined(sentences_of()))
    deliveries = apps.get_model("gateways", "SandboxDelivery").objects
    deliveries.filter(reason=Reason("delivered")).update(reason=NONE)
    into_reasons(deliveries, "reason", sentences_of("sandbox"))


def write(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    into_sentences(apps.get_model("gateways", "Gateway").objects, OF_GATEWAYS)
    into_sentences(apps.get_model("gateways", "HookEvent").objects, ["problem"])
    deliveries = apps.get_model("gateways", "SandboxDelivery").objects
    into_sentences(deliveries, ["reason"])
    deliveries.filter(reason=NONE).update(reason=Reason("delivered"))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("gateways", "0010_reasons")]
    operations = [migrations.RunPython(read, write)]
