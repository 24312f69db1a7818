"""What earlier versions wrote into the chat and beside its files as English sentences, as codes with values."""

from collections import defaultdict
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import QuerySet

from locations.rows.old_sentences import Sentence, from_sentence, into_reasons, into_sentences
from locations.rows.rewriting import batches
from locations.values.reasons import FOLLOWS, NONE, Reason, stored

CHANNELS = {"SMS": "sms", "E-mail": "email", "Call": "voice", "Chat": "chat"}
NOTICES = [
    Sentence(r"The gateway “(?P<gateway>.*?)” is paused: (?P<reason>.*)", "inbox.gateway_paused"),
    Sentence(r"The gateway “(?P<gateway>.*)” goes on sending\.", "inbox.gateway_resumed"),
    Sentence(r"Nobody answered in (?P<minutes>\d+) minutes?\.", "inbox.unanswered"),
    Sentence(
        r"(?P<why>Nobody answered .*?\.) It was taken from (?P<who>.*): anybody may answer\.",
        "inbox.assignment_taken_away",
    ),
    Sentence(r"Opted out of (?P<channel>.*): nothing more is sent, until they write START\.", "inbox.opted_out"),
    Sentence(r"Opted in to (?P<channel>.*) again\.", "inbox.opted_in"),
    Sentence(
        r"The mail server could not confirm that this sender wrote it: somebody else may have\.",
        "inbox.doubtful_sender",
    ),
    Sentence(
        r"Sent from (?P<sender>.*), which asks for answers to (?P<address>.*)\.",
        "inbox.answers_elsewhere",
    ),
    Sentence(
        r"More than (?P<most>\d+) messages came from this sender within a minute\. The rest is kept here and alarms "
        r"nobody; “Block this sender” keeps them off the list\.",
        "inbox.too_much_at_once",
    ),
    Sentence(r"The client rated the talk: (?P<rating>\d) of 5\.", "inbox.rated"),
]
LETTER = Sentence(r"A letter without a sender came to “(?P<line>.*?)”: (?P<text>.*)", "inbox.letter_without_sender")
FILES = [
    Sentence(r"“(?P<name>.*)” is larger than (?P<most>\d+) MB\.", "inbox.file_too_large"),
    Sentence(r"“(?P<name>.*)” is empty\.", "inbox.file_empty"),
    Sentence(r"“(?P<name>.*)” is called a picture, but is none inside\.", "inbox.file_is_no_picture"),
    Sentence(r"“(?P<name>.*)” is a kind of file that is not accepted here\.", "inbox.file_not_accepted"),
    Sentence(r"(?P<why>“.*) Accepted are photos \(JPEG.*", "inbox.file_kinds_accepted"),
    Sentence(r"The picture is damaged: it cannot be opened\.", "inbox.picture_damaged"),
    Sentence(
        r"The picture is too large: (?P<megapixels>\d+) megapixels are the most\.",
        "inbox.picture_too_large",
    ),
    Sentence(r"The gateway that it came by was removed\.", "inbox.gateway_gone"),
    Sentence(r"The provider did not answer in time\.", "gateways.no_answer"),
    Sentence(r"The file does not lie at Twilio\.", "twilio.not_at_twilio"),
    Sentence(r"Twilio does not have the file any more\.", "twilio.file_gone"),
    Sentence(r"Telegram does not give the file: it gives none larger than 20 MB\.", "telegram.no_large_files"),
    Sentence(r"The mailbox was made anew: look for the file there\.", "imap.made_anew"),
    Sentence(r"The letter is large and the line slow: the rest follows\.", "imap.rest_follows"),
    Sentence(r"The letter is too large: look for the file in the mailbox\.", "imap.letter_too_large"),
    Sentence(r"The letter is no longer in the mailbox\.", "imap.letter_gone"),
    Sentence(r"The letter has no such file\.", "imap.no_such_file"),
    Sentence(r"The mailbox does not know this user name with this password\.", "imap.wrong_login"),
    Sentence(
        r"The mailbox's encryption does not work: check the port and the kind of encryption\.", "imap.wrong_encryption"
    ),
    Sentence(r"The server of the mailbox could not be reached\.", "imap.not_reached"),
    Sentence(r"This server takes no user name with letters beyond the English alphabet\.", "imap.latin_names_only"),
    Sentence(r"(?P<provider>Twilio|Telegram) could not be reached\.", "gateways.not_reached"),
    Sentence(r"(?P<provider>Twilio|Telegram) did not answer in time, or the connection was cut\.", "gateways.cut_off"),
    Sentence(r"(?P<provider>Twilio|Telegram)'s answer could not be read\.", "gateways.unreadable_answer"),
    Sentence(r"(?P<provider>Twilio|Telegram) did not give the file\.", "gateways.file_not_given"),
    Sentence(r"The file is larger than (?P<megabytes>\d+) MB\.", "gateways.file_too_large"),
    Sentence(r"The mailbox does not give a letter: (?P<words>.*)", "imap.letter_not_given"),
    Sentence(r"The mailbox refused: (?P<words>.*)", "imap.refused"),
    Sentence(r"The program failed to fetch it; the log has the details\.", "inbox.fetch_failed"),
    Sentence(r"It came with too much at once, or from somebody who is blocked\.", "inbox.file_unwanted"),
]


def make_reasons(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    chat_messages, conversations = (apps.get_model("inbox", name) for name in ("ChatMessage", "Conversation"))
    read_notices(chat_messages.objects.filter(sender="system", is_hidden=True).exclude(text=""))
    show_in_lists(conversations.objects.filter(last_sender="system"), chat_messages.objects.exclude(notice=""))
    into_reasons(apps.get_model("inbox", "Attachment").objects, "reason", FILES)


def read_notices(rows: QuerySet) -> None:
    for batch in batches(rows):
        found: dict[tuple[Reason, str], list[int]] = defaultdict(list)
        for key, text in batch.values_list("pk", "text"):
            found[read_notice(text)].append(key)
        for (notice, rest), keys in found.items():
            if notice:
                rows.model.objects.filter(pk__in=keys).update(notice=notice, text=rest)


def read_notice(text: str) -> tuple[Reason, str]:
    """The notice, and the words below it that are somebody else's; none of what people told operators."""
    if letter := LETTER.read(text, []):
        return Reason(stored(letter.code, {"line": letter.values["line"]})), letter.values["text"]
    notice = next((found for one in NOTICES if (found := one.read(text, NOTICES))), NONE)
    return (tidy(notice), "") if notice else (NONE, text)


def tidy(notice: Reason) -> Reason:
    """With its values as they are kept today: a channel by its name, another reason as one."""
    (code, values), *others = notice.facts
    if "channel" in values:
        values["channel"] = CHANNELS.get(values["channel"], values["channel"])
    if "reason" in values:
        values["reason"] = from_sentence(values["reason"], []).text
    for name in {"minutes", "most", "rating"} & values.keys():
        values[name] = int(values[name])
    return Reason(stored(code, {**values, FOLLOWS: others} if others else values))


def show_in_lists(conversations: QuerySet, notices: QuerySet) -> None:
    """What the list shows of them."""
    for batch in batches(conversations):
        newest = dict(batch.values_list("newest_id", "pk"))
        for key, notice, text in notices.filter(pk__in=newest).values_list("pk", "notice", "text"):
            conversations.filter(pk=newest[key]).update(last_notice=notice, last_words=text[:160])


def make_sentences(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """The way back, for whoever updated by mistake."""
    for name, words, notice in (("ChatMessage", "text", "notice"), ("Conversation", "last_words", "last_notice")):
        for row in apps.get_model("inbox", name).objects.exclude(**{notice: ""}):
            told: list[Any] = [str(getattr(row, notice)), getattr(row, words)]
            longest = 160 if words == "last_words" else None
            setattr(row, words, " ".join(filter(None, told))[:longest])
            setattr(row, notice, NONE)
            row.save(update_fields=[words, notice])
    into_sentences(apps.get_model("inbox", "Attachment").objects, ["reason"])


class Migration(migrations.Migration):
    dependencies = [("inbox", "0012_notices")]
    operations = [migrations.RunPython(make_reasons, make_sentences)]
