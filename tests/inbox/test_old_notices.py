"""An update: what the version before told in English sentences is a code with values, and reads as it did."""

import pytest
from django.core.management import call_command
from django.db import connection

from locations.values.reasons import Reason
from messaging.inbox import reasons
from messaging.inbox.attachments import reasons as file_reasons
from messaging.inbox.conversations.writing import Said, announce, tell_operators
from messaging.inbox.identity.finding import system_conversation
from messaging.inbox.models import Attachment, ChatMessage
from messaging.inbox.search.search import messages_found
from tests.inbox.makers import client_writes, make_conversation
from tests.migrated import run_again

pytestmark = pytest.mark.django_db

NOTICES = {
    "The gateway “Our Twilio” is paused: Authenticate: 100% wrong (20003).": "inbox.gateway_paused",
    "The gateway “Our Twilio” goes on sending.": "inbox.gateway_resumed",
    "Nobody answered in 15 minutes.": "inbox.unanswered",
    "Nobody answered in 1 minute.": "inbox.unanswered",
    "Nobody answered in 15 minutes. It was taken from jan: anybody may answer.": "inbox.unanswered",
    "Opted out of SMS: nothing more is sent, until they write START.": "inbox.opted_out",
    "Opted out of E-mail: nothing more is sent, until they write START.": "inbox.opted_out",
    "Opted in to Chat again.": "inbox.opted_in",
    "The mail server could not confirm that this sender wrote it: somebody else may have.": "inbox.doubtful_sender",
    "Sent from a@example.com, which asks for answers to b@example.com.": "inbox.answers_elsewhere",
    "More than 60 messages came from this sender within a minute. The rest is kept here and alarms nobody; "
    "“Block this sender” keeps them off the list.": "inbox.too_much_at_once",
    "The client rated the talk: 4 of 5.": "inbox.rated",
}
REWORDED = {" in 15 minutes": " within 15 min", " in 1 minute": " within 1 min"}
FILES = {
    "“a.pdf” is larger than 10 MB.": "inbox.file_too_large",
    "“a.pdf” is empty.": "inbox.file_empty",
    "“a.jpg” is called a picture, but is none inside. Accepted are photos (JPEG, PNG, GIF, WebP), PDF, text, Word, "
    "Excel and OpenDocument files, sound, MP4 and MOV video, HEIC photos and ZIP archives.": "inbox.file_is_no_picture",
    "“a.exe” is a kind of file that is not accepted here. Accepted are photos (JPEG, PNG, GIF, WebP), PDF, text, Word, "
    "Excel and OpenDocument files, sound, MP4 and MOV video, HEIC photos and ZIP archives.": "inbox.file_not_accepted",
    "The picture is damaged: it cannot be opened.": "inbox.picture_damaged",
    "The picture is too large: 50 megapixels are the most.": "inbox.picture_too_large",
    "The gateway that it came by was removed.": "inbox.gateway_gone",
    "The provider did not answer in time.": "gateways.no_answer",
    "The file does not lie at Twilio.": "twilio.not_at_twilio",
    "Twilio does not have the file any more.": "twilio.file_gone",
    "Telegram does not give the file: it gives none larger than 20 MB.": "telegram.no_large_files",
    "The mailbox was made anew: look for the file there.": "imap.made_anew",
    "The letter is large and the line slow: the rest follows.": "imap.rest_follows",
    "The letter is too large: look for the file in the mailbox.": "imap.letter_too_large",
    "The letter is no longer in the mailbox.": "imap.letter_gone",
    "The letter has no such file.": "imap.no_such_file",
    "The mailbox does not know this user name with this password.": "imap.wrong_login",
    "The mailbox's encryption does not work: check the port and the kind of encryption.": "imap.wrong_encryption",
    "The server of the mailbox could not be reached.": "imap.not_reached",
    "This server takes no user name with letters beyond the English alphabet.": "imap.latin_names_only",
    "Telegram could not be reached.": "gateways.not_reached",
    "Twilio did not answer in time, or the connection was cut.": "gateways.cut_off",
    "Twilio's answer could not be read.": "gateways.unreadable_answer",
    "Telegram did not give the file.": "gateways.file_not_given",
    "The file is larger than 20 MB.": "gateways.file_too_large",
    "The mailbox does not give a letter: NO such letter": "imap.letter_not_given",
    "The mailbox refused: NO [LIMIT] later": "imap.refused",
    "The program failed to fetch it; the log has the details.": "inbox.fetch_failed",
    "It came with too much at once, or from somebody who is blocked.": "inbox.file_unwanted",
}


def update() -> None:
    run_again("inbox", "0013_old_notices")


@pytest.mark.parametrize(("sentence", "code"), NOTICES.items())
def test_a_notice_is_a_reason_in_the_talk_and_in_the_list(sentence, code):
    told = announce(Said(sentence))
    update()
    told.refresh_from_db()
    assert (told.notice.code, told.text) == (code, "")
    for before, after in REWORDED.items():
        sentence = sentence.replace(before, after)
    assert told.words == system_conversation().last_said == sentence
    update()
    assert ChatMessage.objects.get().words == sentence


def test_the_letter_of_nobody_keeps_its_words_below_the_notice():
    told = announce(Said("A letter without a sender came to “Shop”: First line\nSecond: “line”"))
    update()
    told.refresh_from_db()
    assert told.notice.code == "inbox.letter_without_sender"
    assert told.text == "First line\nSecond: “line”"
    assert told.words == "A letter without a sender came to “Shop”.\nFirst line\nSecond: “line”"


def test_what_people_said_stays_as_it_is():
    told, said = (
        tell_operators("The site is updated at 22:00."),
        client_writes(make_conversation(), "Opted in to SMS again."),
    )
    update()
    for row in (told, said):
        was = row.text
        row.refresh_from_db()
        assert (row.text, bool(row.notice)) == (was, False)
    assert system_conversation().last_said == "The site is updated at 22:00."


def test_the_reason_of_a_pause_stays_readable_whatever_it_was():
    told = announce(Said("The gateway “A” is paused: Konto zablokowane: 50% i {więcej}"))
    update()
    told.refresh_from_db()
    assert told.words == "The gateway “A” is paused: Konto zablokowane: 50% i {więcej}"


@pytest.mark.parametrize(("sentence", "code"), FILES.items())
def test_why_a_file_was_not_taken_is_a_reason(sentence, code):
    said = client_writes(make_conversation())
    Attachment.objects.create(chat_message=said, name="a", reason=Reason(sentence))
    update()
    kept = Attachment.objects.get().reason
    assert (kept.code, str(kept)) == (code, sentence)


def test_a_file_reason_that_nobody_knows_stays_as_words():
    said = client_writes(make_conversation())
    Attachment.objects.create(chat_message=said, name="a", reason=Reason("Something else went wrong."))
    update()
    assert str(Attachment.objects.get().reason) == "Something else went wrong."


@pytest.mark.django_db(transaction=True)
def test_the_way_back_tells_it_in_sentences_and_the_next_update_reads_them():
    told = announce(Said(notice=reasons.GATEWAY_RESUMED(gateway="A")))
    file = Attachment.objects.create(chat_message=told, name="a", reason=file_reasons.EMPTY(name="a.pdf"))
    call_command("migrate", "inbox", "0011", verbosity=0)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT text FROM inbox_chatmessage")
            assert cursor.fetchall() == [("The gateway “A” goes on sending.",)]
            cursor.execute("SELECT reason FROM inbox_attachment")
            assert cursor.fetchall() == [("“a.pdf” is empty.",)]
            cursor.execute("SELECT last_words FROM inbox_conversation WHERE is_system")
            assert cursor.fetchall() == [("The gateway “A” goes on sending.",)]
    finally:
        call_command("migrate", "inbox", verbosity=0)
    for row in (told, file):
        row.refresh_from_db()
    assert (told.notice, told.text, file.reason.code) == (
        reasons.GATEWAY_RESUMED(gateway="A"), "", "inbox.file_empty",
    )  # fmt: skip
    assert system_conversation().last_notice == told.notice
    tell_operators("Found by words again")
    assert [one.words for one in messages_found("found words")] == ["Found by words again"]
