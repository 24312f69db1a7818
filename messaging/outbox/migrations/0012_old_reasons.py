"""Reasons from before they were codes: each sentence that was stored becomes the code and the values that it meant."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from locations.rows.old_sentences import Sentence, declared_sentences, into_reasons, into_sentences

AT = r"(?P<at>[\d:. ]+)"
FIELDS = [("Message", "reason"), ("Message", "unwanted"), ("Attempt", "reason"), ("Receipt", "reason")]
FIELDS += [("UnusableAddress", "reason")]
GATEWAY = {"UnusableAddress": "message__gateway"}
FOLLOWING = [
    Sentence(rf"(?P<why>.*) Next try {AT}, (?P<number>\d+) of (?P<most>\d+)\.", "outbox.next_try"),
    Sentence(rf"(?P<why>.*) Next try {AT}\.", "outbox.next_try_at"),
    Sentence(r"(?P<why>.*) It waits for its turn\.", "outbox.waits_for_turn"),
    Sentence(r"(?P<why>.*) Given up after (?P<tries>\d+) tries\.", "outbox.given_up"),
    Sentence(r"(?P<why>.*) Given up after (?P<hours>\d+) hours\.", "outbox.given_up_after"),
    Sentence(r"(?P<why>.*) The next try would come after its validity\.", "outbox.next_try_too_late"),
    Sentence(rf"(?P<why>.*) Its validity ended at {AT}\.", "outbox.validity_ended"),
    Sentence(rf"(?P<why>.*) The provider is asked again at {AT}\.", "outbox.asked_again"),
    Sentence(r"(?P<why>.*) The provider is not asked any more: find out whether it arrived\.", "outbox.asked_no_more"),
    Sentence(
        r"(?P<why>Settled by hand: it did not arrive\.) It is not sent again: (?P<reason>.*)", "outbox.not_sent_again"
    ),
    Sentence(r"(?P<why>.*) It may or may not have arrived\.", "outbox.may_have_arrived"),
    Sentence(
        r"(?P<count>\d+) messages in a row were refused with the code (?P<code>.*?), which this program does not know:"
        r" the account may be at fault\. Look at the provider's panel, then resume\. (?P<following>.*)",
        "gateways.unknown_codes",
    ),
]
OF_THE_QUEUE = [
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
    Sentence(r"The gateway of this line is switched off or was removed\.", "outbox.line_gone"),
    Sentence(r"The account of the gateway “(?P<gateway>.*)” is empty: top it up first\.", "outbox.account_empty"),
    Sentence(r"(?P<minutes>\d+) minutes late: send it still\?", "outbox.late"),
    Sentence(
        rf"Its validity ended at {AT}, while its gateway “(?P<gateway>.*)” was paused\.", "outbox.expired_while_paused"
    ),
    Sentence(rf"Its validity ended at {AT}, before it could be sent\.", "outbox.expired"),
    Sentence(
        r"The client does not want such messages \((?P<channel>.*), (?P<purpose>.*)\)\.", "locations.refused_by_client"
    ),
    Sentence(
        r"The address does not want such messages \((?P<channel>.*), (?P<purpose>.*)\)\.",
        "locations.refused_for_address",
    ),
]
OF_PEOPLE = [
    Sentence(r"Cancelled by (?P<user>.*)\.", "outbox.cancelled_by"),
    Sentence(r"The order was deleted\.", "outbox.order_deleted"),
    Sentence(r"The demo was removed\.", "outbox.demo_removed"),
    Sentence(r"Late, approved by hand\.", "outbox.approved"),
    Sentence(r"Settled by hand: it arrived\.", "outbox.settled_arrived"),
    Sentence(r"Settled by hand: it did not arrive\.", "outbox.settled_lost"),
]
OF_THE_ROBOTS = [
    Sentence(r"Late, discarded by (?P<user>.*)\.", "robots.discarded_by"),
    Sentence(r"The robot was deleted\.", "robots.robot_deleted"),
    Sentence(r"The robot was switched off\.", "robots.robot_off"),
    Sentence(r"The order has left the stage\.", "robots.left_stage"),
    Sentence(r"The order was delivered\.", "robots.order_delivered"),
    Sentence(r"The order was cancelled\.", "robots.order_cancelled"),
    Sentence(r"The order has no planned arrival any more\.", "robots.arrival_gone"),
    Sentence(r"The planned arrival has passed\.", "robots.arrival_passed"),
    Sentence(r"The planned arrival has moved: the customer is told anew\.", "robots.told_anew"),
    Sentence(r"The planned arrival has moved\.", "robots.arrival_moved"),
]
OF_THE_SENDER = [
    Sentence(r"All sending was stopped before it left; it waits\.", "outbox.sending_stopped"),
    Sentence(r"The worker was held up; it is queued again\.", "outbox.held_up"),
    Sentence(r"It waits for its turn\.", "outbox.waits_for_turn"),
    Sentence(r"The provider has asked to slow down\.", "outbox.slowed"),
    Sentence(
        r"The gateway's settings are incomplete: open it, fill them in and resume it\.", "outbox.settings_incomplete"
    ),
    Sentence(r"The file “(?P<name>.*)” is gone from the disk\.", "outbox.file_gone"),
    Sentence(r"The provider did not answer in time\.", "gateways.no_answer"),
    Sentence(r"The program failed while sending; the log has the details\.", "gateways.send_failed"),
]
OF_DOUBTS = [
    Sentence(r"The program was interrupted while sending: it may or may not have arrived\.", "outbox.interrupted"),
    Sentence(
        r"Its gateway, which alone could take it under the same key, is switched off or gone: find out if it arrived\.",
        "outbox.key_lost",
    ),
    Sentence(r"The program failed while asking; the log has the details\.", "outbox.asking_failed"),
    Sentence(
        r"The provider does not have it so far; it must say so twice before it is sent again\.",
        "outbox.not_found_so_far",
    ),
    Sentence(r"The provider never took it, so it is sent again\.", "outbox.never_taken"),
    Sentence(r"It is sent again under the same key, which the provider takes once only\.", "outbox.same_key"),
    Sentence(
        r"Sent (?P<tries>\d+) times under the same key, never answered: find out whether it arrived\.",
        "outbox.same_key_unanswered",
    ),
    Sentence(r"Given up after (?P<tries>\d+) tries without an answer\.", "outbox.given_up_unanswered"),
    Sentence(
        r"The provider has a message with the same words to the same address, but that is another one of ours\.",
        "outbox.twin_found",
    ),
    Sentence(
        r"The provider does not have it\. It is not sent again by itself, since an interrupted worker might still do"
        r" so\.",
        "outbox.worker_asleep",
    ),
    Sentence(
        r"The gateway was changed since it was tried\. If that is another account now, it knows nothing of the"
        r" message\.",
        "outbox.gateway_changed",
    ),
    Sentence(r"“(?P<gateway>.*)” has taken it too: the customer may get it twice\.", "outbox.taken_too"),
    Sentence(r"“(?P<gateway>.*)” delivered it after all\.", "outbox.delivered_after_all"),
    Sentence(r"“(?P<gateway>.*)” delivered it too: the customer may have got it twice\.", "outbox.delivered_twice"),
]
OWN = [*FOLLOWING, *OF_THE_QUEUE, *OF_PEOPLE, *OF_THE_ROBOTS, *OF_THE_SENDER, *OF_DOUBTS]


def read(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """Where two providers say the same, it is a reason of the one whose gateway it went through."""
    of_provider: dict[str, list[int]] = {}
    for pk, adapter in apps.get_model("gateways", "Gateway").objects.values_list("pk", "adapter"):
        of_provider.setdefault(adapter.partition("_")[0], []).append(pk)
    for model, field in FIELDS:
        rows, gateway = apps.get_model("outbox", model).objects, GATEWAY.get(model, "gateway")
        for provider, keys in of_provider.items():
            into_reasons(rows.filter(**{f"{gateway}__in": keys}), field, [*OWN, *declared_sentences(provider)])
        into_reasons(rows.filter(**{f"{gateway}__isnull": True}), field, [*OWN, *declared_sentences()])


def write(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    for model, field in FIELDS:
        into_sentences(apps.get_model("outbox", model).objects, [field])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("outbox", "0011_reasons")]
    operations = [migrations.RunPython(read, write)]
