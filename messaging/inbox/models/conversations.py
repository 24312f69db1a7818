"""What clients and operators say to each other: one conversation per client, whatever line it comes by."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locations.models import Client, DeliveryZone
from locations.rows.reason_field import ReasonField
from locations.values.kinds import Kinds
from messaging.outbox.models import Message

from ..states import ConversationState
from .lines import AddressKind, Line

LONGEST_TEXT = 10_000
"""Characters of one chat message; a longer one is refused, or cut with a word where nobody can be told."""

LONGEST_LETTER = 20_000
"""Characters of a letter with all that it quotes; a longer one is attached as it came."""


class Sender(Kinds):
    """Who speaks (decision 11)."""

    CLIENT = "client", _("client")
    OPERATOR = "operator", _("operator")
    ROBOT = "robot", _("robot")
    SYSTEM = "system", _("system")


LAST = ("last_at", "last_words", "last_notice", "last_sender", "last_is_hidden")
"""What the list shows of a conversation's newest message."""


class Conversation(models.Model):
    """One per client; or, until it is linked to one, per address that nobody knows. `is_system`: the program's own.

    Unread is shared by the operators (decision 11): `unread` counts what the client wrote after `read_up_to`;
    `is_unread` may also be set by hand. `zone`, `last_words` and the like are copies that keep the list one query.
    What comes while it is blocked is kept and counted, and alarms nobody.
    """

    client = models.OneToOneField(
        Client, models.SET_NULL, null=True, blank=True, related_name="conversation", verbose_name=_("client")
    )
    title = models.CharField(_("who"), max_length=255)
    is_system = models.BooleanField(_("system messages"), default=False)
    state = models.CharField(
        _("state"), max_length=8, choices=ConversationState.options, default=ConversationState.OPEN
    )
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    zone = models.ForeignKey(
        DeliveryZone, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("delivery zone")
    )
    line = models.ForeignKey(Line, models.SET_NULL, null=True, related_name="+", verbose_name=_("last written from"))
    unread = models.PositiveIntegerField(_("unread"), default=0)
    is_unread = models.BooleanField(_("unread"), default=False)
    read_up_to = models.BigIntegerField(default=0)
    newest_id = models.BigIntegerField(default=0, help_text="the newest chat message")
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(_("last message"), default=timezone.now)
    last_words = models.CharField(max_length=160, blank=True)
    last_notice = ReasonField()
    last_sender = models.CharField(max_length=8, choices=Sender.options, blank=True)
    last_is_hidden = models.BooleanField(default=False)
    greeted_at = models.DateTimeField(null=True, blank=True)
    away_said_at = models.DateTimeField(null=True, blank=True)
    client_read_up_to = models.BigIntegerField(default=0)
    links_from = models.DateTimeField(null=True, blank=True, help_text="links made earlier are revoked")
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    rating_asked_at = models.DateTimeField(null=True, blank=True)
    blocked_count = models.PositiveIntegerField(_("came while blocked"), default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint("is_system", name="conversation_system_once", condition=Q(is_system=True))
        ]
        indexes = [
            models.Index("state", F("is_unread").desc(), F("last_at").desc(), F("id").desc(), name="conversation_list"),
            models.Index(
                "zone", "state", F("is_unread").desc(), F("last_at").desc(), F("id").desc(), name="conversation_zone"
            ),
            models.Index(
                "assignee", "state", F("is_unread").desc(), F("last_at").desc(), F("id").desc(),
                name="conversation_assignee",
            ),
            models.Index(
                "line", "state", F("is_unread").desc(), F("last_at").desc(), F("id").desc(), name="conversation_line"
            ),
            models.Index(
                "state", F("is_unread").desc(), F("last_at").desc(), F("id").desc(),
                name="conversation_assigned", condition=Q(assignee__isnull=False),
            ),
            models.Index(F("last_at").desc(), F("id").desc(), name="conversation_unread", condition=Q(is_unread=True)),
            models.Index("waiting_since", name="conversation_waiting", condition=Q(waiting_since__isnull=False)),
            models.Index("snoozed_until", name="conversation_snoozed", condition=Q(state="snoozed")),
            models.Index(
                "state", "last_at", name="conversation_silent", condition=Q(state="closed") & ~Q(last_sender="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """Who it is with, as the client's card says it now; the program's own is called in the reader's language."""
        if self.is_system:
            return str(_("System messages"))
        return self.client.name if self.client is not None else self.title

    @property
    def is_demo(self) -> bool:
        return self.client is not None and self.client.is_demo

    @property
    def last_said(self) -> str:
        """What was said last, shortened; a notice in the reader's language."""
        return " ".join(filter(None, [str(self.last_notice), self.last_words]))


class ConversationAddress(models.Model):
    """Where a client wrote from. `address`: E.164, e-mail in lower case, Telegram's chat number.

    `is_claimed`: only typed into the feedback form; nobody showed that it is theirs, so nothing that comes from the
    address is put there.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=8, choices=AddressKind.options)
    address = models.CharField(max_length=254)
    line = models.ForeignKey(Line, models.SET_NULL, null=True, related_name="+")
    last_wrote_at = models.DateTimeField(default=timezone.now)
    is_claimed = models.BooleanField(default=False)
    thread = models.JSONField(default=dict, help_text="headers by which a reply joins their last letter")

    class Meta:
        constraints = [
            models.UniqueConstraint("conversation", "kind", "address", "line", name="conversation_address_once")
        ]
        indexes = [models.Index("kind", "address", F("last_wrote_at").desc(), name="conversation_address")]

    def __str__(self) -> str:
        return self.address


class ChatMessages(models.QuerySet["ChatMessage"]):
    def with_key(self, once_key: str) -> "ChatMessages":
        """The one of this press or call. That an empty key is none is said once more: SQLite needs it for its index."""
        return self.exclude(once_key="").filter(once_key=once_key)


class ChatMessage(models.Model):
    """One message in a conversation. Ids grow in the order of a conversation: writers lock its row.

    `notice`: what the program tells operators by itself. `is_hidden`: for staff only, it never leaves (E25).
    `message`: how it goes out, if not by web chat. `once_key`: the same press of a button, or the same call of a
    provider, makes no second one.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="chat_messages", db_index=False)
    sender = models.CharField(_("sender"), max_length=8, choices=Sender.options)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author")
    )
    line = models.ForeignKey(Line, models.SET_NULL, null=True, related_name="+", verbose_name=_("line"))
    text = models.TextField(_("text"), blank=True)
    notice = ReasonField(_("notice"))
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    is_hidden = models.BooleanField(_("hidden from the client"), default=False)
    is_command = models.BooleanField(default=False, help_text="STOP or START: it acted on consent")
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, related_name="chat_message", verbose_name=_("message")
    )
    once_key = models.CharField(max_length=300, blank=True, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    objects = ChatMessages.as_manager()

    class Meta:
        verbose_name = _("chat message")
        verbose_name_plural = _("chat messages")
        ordering = ["id"]
        constraints = [models.UniqueConstraint("once_key", name="chat_message_once", condition=~Q(once_key=""))]
        indexes = [
            models.Index("conversation", "id", name="chat_message_thread"),
            models.Index("at", name="chat_message_at"),
            models.Index(F("id").desc(), name="chat_message_notice", condition=~Q(notice="")),
        ]

    def __str__(self) -> str:
        return self.words[:60]

    @property
    def words(self) -> str:
        """What it says; a notice in the reader's language, above what somebody wrote."""
        return "\n".join(filter(None, [str(self.notice), self.text]))


class Letter(models.Model):
    """A client's letter in full, if its message shows only the newest words: the rest is folded, never thrown away."""

    chat_message = models.OneToOneField(ChatMessage, models.CASCADE, related_name="letter")
    text = models.TextField()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def folded(self) -> str:
        """What stands below the newest words; all of it, if they are not its beginning."""
        return self.text.removeprefix(self.chat_message.text).strip()


def attachments_storage() -> FileSystemStorage:
    """A folder that no web server serves: a view checks who asks."""
    return FileSystemStorage(location=Path(settings.DATA_DIR) / "attachments")


class AttachmentState(Kinds):
    READY = "ready", _("ready")
    WAITING = "waiting", _("being fetched")
    REFUSED = "refused", _("refused")


class Attachment(models.Model):
    """A photo or file, checked by its content. `reference`: where a provider keeps it until the worker fetched it."""

    chat_message = models.ForeignKey(ChatMessage, models.CASCADE, related_name="attachments")
    file = models.FileField(storage=attachments_storage, upload_to="%Y/%m", max_length=200, blank=True)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(default=0, help_text="bytes")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=8, choices=AttachmentState.options, default=AttachmentState.READY)
    reason = ReasonField()
    reference = models.CharField(max_length=2000, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    fetch_after = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index("fetch_after", name="attachment_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What an operator has begun to write; kept over reloads and other devices."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.TextField()
    is_hidden = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint("conversation", "author", name="draft_once")]

    def __str__(self) -> str:
        return self.text[:60]
