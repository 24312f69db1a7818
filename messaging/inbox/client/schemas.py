"""What an app gets and gives: the API's words, explained in its own documentation."""

import datetime

from ninja import Field, Schema

from ..attachments.attachments import attachment_url
from ..models import Attachment, ChatMessage, Conversation, Sender
from .presenters import NEWEST_ID, reason_of


class ErrorOut(Schema):
    """`code`: one word for the app; `error`: a sentence for people, in the client's language."""

    error: str
    code: str


class FileOut(Schema):
    id: int
    name: str
    content_type: str
    size: int = Field(description="Bytes.")
    url: str = Field(description="Relative to the site; empty while the file is not ready.")
    width: int | None = Field(description="Pixels, of a picture.")
    height: int | None
    reason: str = Field(description="Why there is no file, in words.")


class MessageOut(Schema):
    id: int
    sender: Sender
    text: str
    subject: str
    at: datetime.datetime
    is_seen: bool = Field(description="An operator has seen it; said of the client's own.")
    files: list[FileOut]


class MessagesOut(Schema):
    messages: list[MessageOut] = Field(description="The oldest first.")
    seen: int = Field(description="The client's messages up to this id were seen by an operator.")
    has_more: bool = Field(description="There are more in the direction that was asked for.")


class StateOut(Schema):
    company: str
    is_on: bool = Field(description="False: show the feedback form in the place of the chat.")
    greeting: str = Field(description="At the first opening only.")
    closed: str = Field(description="Empty while somebody is there, else when they answer, in words.")
    unread: int
    asks_rating: bool
    longest_text: int = Field(description="Characters of a message.")
    largest_file: int = Field(description="Bytes.")


class TextIn(Schema):
    text: str = Field(description="10,000 characters at most.")


class SeenIn(Schema):
    seen: int = Field(ge=0, le=NEWEST_ID, description="The id of the newest message that was shown.")


class RatingIn(Schema):
    rating: int = Field(ge=1, le=5)


class FeedbackIn(Schema):
    text: str
    name: str = Field("", description="Asked for when no token says who writes.")
    contact: str = Field("", description="Phone or e-mail; asked for when no token says who writes.")


class SentOut(Schema):
    message: MessageOut
    is_new: bool = Field(description="False: this key came before, and nothing was written now.")


class UnreadOut(Schema):
    unread: int


class TakenOut(Schema):
    taken: bool


def message_out(message: ChatMessage, conversation: Conversation, token: str) -> MessageOut:
    return MessageOut(
        id=message.pk,
        sender=Sender(message.sender),
        text=message.text,
        subject=message.subject,
        at=message.at,
        is_seen=message.sender == Sender.CLIENT and message.pk <= conversation.read_up_to,
        files=[file_out(one, token) for one in message.attachments.all()],
    )


def file_out(attachment: Attachment, token: str) -> FileOut:
    reason = reason_of(attachment)
    return FileOut(
        id=attachment.pk,
        name=attachment.name,
        content_type=attachment.content_type,
        size=attachment.size,
        url="" if reason else attachment_url(attachment, token),
        width=attachment.width,
        height=attachment.height,
        reason=reason,
    )
