"""Absence notes, lists and forms: what they say is shown, and they change nothing that a person has not said."""

from collections.abc import Callable

import pytest

from locations.models import Suppression
from messaging.inbox.conversations.writing import Said, receive
from messaging.inbox.lines.lines import ways_to, web_line
from messaging.inbox.models import ChatMessage, ConversationAddress
from messaging.outbox.models import Message
from tests.inbox.makers import logged_in, make_conversation, switch_on
from tests.makers import make_client, make_user

pytestmark = pytest.mark.django_db
Arrive = Callable[..., list[ChatMessage]]
ABSENT = (
    b"From: anna@example.pl\r\nSubject: Automatic reply: Your order\r\nMessage-ID: <2@example.pl>\r\n"
    b"Auto-Submitted: auto-replied\r\n\r\nI am away."
)


def test_an_absence_note_changes_neither_the_line_nor_the_title_of_answers(arrive: Arrive):
    [first] = arrive(b"From: Anna@Example.PL\r\nSubject: My order\r\nMessage-ID: <1@example.pl>\r\n\r\nWhere is it?")
    conversation = first.conversation
    switch_on()
    receive(conversation, Said("By web chat"), web_line())
    *_others, note = arrive(ABSENT)
    conversation.refresh_from_db()
    assert note.conversation == conversation
    assert (note.subject, note.text) == ("", "Automatic reply: Your order\n\nI am away.")
    assert conversation.line == web_line()
    [way] = [one for one in ways_to(conversation) if one.address]
    assert way.thread["message_id"] == "<1@example.pl>"
    browser = logged_in(make_user("Operator"))
    sent = {"text": "Soon", "way": way.line.pk, "seen": note.pk, "once_key": "k"}
    assert browser.post(f"/inbox/{conversation.pk}/reply/", sent).status_code == 204
    assert Message.objects.get(body="Soon").subject == "Re: My order"


def test_an_absence_note_alone_titles_no_answer(arrive: Arrive):
    [note] = arrive(ABSENT)
    [way] = ways_to(note.conversation)
    browser = logged_in(make_user("Operator"))
    sent = {"text": "Soon", "way": way.line.pk, "seen": note.pk, "once_key": "k"}
    browser.post(f"/inbox/{note.conversation_id}/reply/", sent)
    assert Message.objects.get(body="Soon").subject == "Re: Your message to us"
    assert len(arrive(ABSENT.replace(b"<2@", b"<3@"))) == 2
    assert ConversationAddress.objects.count() == 1


@pytest.mark.parametrize(
    ("headers", "is_obeyed"),
    [(b"", True), (b"Reply-To: anna@example.pl\r\n", False), (b"List-Id: <all.example.pl>\r\n", False)],
)
def test_nobody_opts_another_one_out(arrive: Arrive, headers: bytes, is_obeyed: bool):
    arrive(b"From: mallory@example.com\r\n" + headers + b"\r\nSTOP")
    assert Suppression.objects.exists() == is_obeyed


def test_a_person_who_is_postmaster_is_read(arrive: Arrive):
    [said] = arrive(b"From: Jan <postmaster@example.pl>\r\n\r\nWhere is my order?")
    assert (said.text, said.conversation.is_unread) == ("Where is my order?", True)


@pytest.mark.parametrize("name", ["ANNA@Example.PL", "anna@example.pl"])
def test_an_address_is_one_in_whatever_case(arrive: Arrive, name: str):
    conversation = make_conversation(make_client(name="Anna"))
    conversation.client.contact_points.create(kind="email", value="anna@example.pl")
    [said] = arrive(f"From: {name}\r\n\r\nHi".encode())
    assert said.conversation == conversation


def test_what_an_outlook_letter_hides_in_a_winmail_dat_can_be_saved(arrive: Arrive):
    [said] = arrive(
        b"From: a@example.pl\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\nSee\r\n--z\r\n"
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Disposition: attachment; filename=winmail.dat"
        b"\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+IgAAAAE=\r\n--z--\r\n"
    )
    [file] = said.attachments.all()
    assert (file.state, file.name) == ("ready", "winmail.dat")
    page = logged_in(make_user("Operator")).get(f"/inbox/{said.conversation_id}/").content.decode()
    assert "winmail.dat" in page


def test_an_invitation_is_kept_as_one_and_a_program_is_not(arrive: Arrive):
    parts = [(b"text/calendar", b"invite.ics"), (b"application/zip", b"photos.zip"), (b"application/x", b"setup.exe")]
    body = b"".join(b"--z\r\nContent-Type: %s; name=%s\r\n\r\nMZ\0\x90\r\n" % (kind, name) for kind, name in parts)
    [said] = arrive(b"From: a@example.pl\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n" + body + b"--z--\r\n")
    states = {file.name: file.state for file in said.attachments.all()}
    assert states == {"invite.ics": "ready", "photos.zip": "ready", "setup.exe": "refused"}
