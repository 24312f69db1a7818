"""Replies leave as messages pinned to their line; files go where a line carries them, else links to them."""

from typing import Any

import pytest
from django.core.files.base import ContentFile

from locations.errors import CannotDo
from locations.models import Client
from messaging.inbox.attachments.attachments import attach
from messaging.inbox.conversations.writing import Said, receive, reply
from messaging.inbox.identity.finding import conversation_of, remember_address
from messaging.inbox.lines.lines import last_way, line_of
from messaging.inbox.models import AddressKind, ChatMessage, Conversation, LineKind
from messaging.outbox.models import Message
from messaging.outbox.sending.event_loop import adapter_for, submit
from messaging.outbox.states import MessageState
from tests.gateways.smtp_server import SmtpServer
from tests.gateways.telegram_server import TelegramServer
from tests.inbox.makers import switch_on
from tests.makers import make_client, make_gateway, make_user
from tests.running_worker import run_worker

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def alice() -> Client:
    return make_client(name="Alicja")


def wrote_by(alice: Client, adapter: str, kind: LineKind, address: str, config: dict[str, str]) -> Conversation:
    """She wrote last through this gateway."""
    conversation = conversation_of(alice)
    line = line_of(make_gateway(adapter, config=config), kind)
    remember_address(conversation, AddressKind(kind.address_kind), address, line)
    receive(conversation, Said("Halo"), line)
    conversation.refresh_from_db()
    return conversation


def answer(conversation: Conversation, text: str, *files: tuple[str, bytes]) -> ChatMessage:
    attachments = tuple(attach(ContentFile(content, name=name)) for name, content in files)
    said = Said(text, attachments=attachments)
    written = reply(conversation, make_user("Operator"), said, last_way(conversation), seen=conversation.newest_id)
    run_worker()
    if written.message:
        submit(adapter_for(written.message.gateway).close()).result(5)
        written.message.refresh_from_db()
    return written


def test_a_letter_carries_the_file(alice):
    with SmtpServer() as smtp:
        conversation = wrote_by(alice, "smtp", LineKind.EMAIL, "a@example.com", smtp.config())
        written = answer(conversation, "W załączeniu.", ("faktura ż.pdf", PDF))
        assert written.message.state == MessageState.SENT
        [letter] = smtp.letters
        [file] = letter.iter_attachments()
        assert (file.get_filename(), file.get_content()) == ("faktura ż.pdf", PDF)
        assert "W załączeniu." in letter.get_body().get_content()
        assert letter["Subject"] == "A message from Gonets"


def test_telegram_carries_the_file(alice):
    with TelegramServer() as telegram:
        conversation = wrote_by(alice, "telegram", LineKind.TELEGRAM, "4242", telegram.config())
        written = answer(conversation, "Proszę", ("faktura.pdf", PDF))
        assert written.message.state == MessageState.SENT
        [(method, fields)] = telegram.sent
        assert (method, fields["caption"], fields["document"]) == ("sendDocument", "Proszę", ("faktura.pdf", PDF))


def test_a_file_that_is_gone_from_the_disk_is_said_in_words(alice):
    conversation = wrote_by(alice, "telegram", LineKind.TELEGRAM, "4242", TelegramServer().config(base_url="http://x"))
    file = attach(ContentFile(PDF, name="faktura.pdf"))
    said = Said("Proszę", attachments=(file,))
    written = reply(conversation, make_user("Operator"), said, last_way(conversation), seen=conversation.newest_id)
    file.file.delete(save=False)
    run_worker()
    written.message.refresh_from_db()
    assert written.message.state == MessageState.FAILED
    assert str(written.message.reason) == "The file “faktura.pdf” is gone from the disk."


def test_by_sms_a_link_stands_in_the_text(alice, settings, client):
    settings.PUBLIC_URL = "http://testserver"
    switch_on()
    conversation = wrote_by(alice, "sandbox_sms", LineKind.SMS, "+48501234567", {})
    written = answer(conversation, "Faktura:", ("faktura.pdf", PDF))
    words, link = written.message.body.split("\n")
    assert words == "Faktura:"
    assert written.message.parts == 1
    got = client.get(link.removeprefix("http://testserver"))
    assert (got.status_code, got.content) == (200, PDF)


def test_without_a_public_address_the_file_is_refused_before_anything_leaves(alice):
    conversation = wrote_by(alice, "sandbox_sms", LineKind.SMS, "+48501234567", {})
    with pytest.raises(CannotDo) as refused:
        answer(conversation, "Faktura:", ("faktura.pdf", PDF))
    assert refused.value.reason.code == "inbox.line_carries_no_files"
    assert "PUBLIC_URL is empty. Send the text alone." in str(refused.value)
    assert not Message.objects.exists()
    assert ChatMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("thread", "subject", "references"),
    [
        ({"message_id": "<2@x>", "references": "<1@x>", "subject": "A-17"}, "Re: A-17", "<1@x> <2@x>"),
        ({"message_id": "<2@x>", "references": "", "subject": "RE: A-17"}, "RE: A-17", "<2@x>"),
        ({"message_id": "<2@x>", "references": "<1@x> <2@x>", "subject": ""}, "Re:", "<1@x> <2@x>"),
    ],
)
def test_a_reply_joins_the_letter_it_answers(alice, thread: dict[str, Any], subject: str, references: str):
    conversation = wrote_by(alice, "sandbox_email", LineKind.EMAIL, "a@example.com", {})
    remember_address(conversation, AddressKind.EMAIL, "a@example.com", conversation.line, thread=thread)
    message = answer(conversation, "Tak").message
    assert (message.subject, message.headers["References"]) == (subject, references)
    assert message.headers["In-Reply-To"] == "<2@x>"
    assert message.is_pinned
