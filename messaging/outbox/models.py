"""Messages to customers and what became of them. This table is the only durable queue there is."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from locations.models import Channel, Client, Purpose
from locations.rows.reason_field import ReasonCode, ReasonField
from locations.values.phones import mask_phone
from messaging.gateways.models import Gateway
from messaging.gateways.pace import Turn
from messaging.texts.models import TemplateText
from orders.models import Order

from . import reasons
from .states import MAY_YET_GO, WAITING, MessageState

FIRST_LOOK_UP = datetime.timedelta(seconds=settings.LOOK_UP_DELAYS[0])
"""How long after a doubt the provider is first asked: a request that still travels has arrived by then."""


class Lane(models.IntegerChoices):
    """Orders' messages always leave before campaigns'."""

    ORDERS = 0, _("orders")
    CAMPAIGNS = 1, _("campaigns")


def cancel_and_unlink(collector: Collector, field: models.ForeignKey, messages: models.QuerySet, using: str) -> None:
    """What a deleted order leaves behind: what still waits is cancelled, since nobody could see any more what it was
    about, and what is out does not go again; all else only loses its order. Works whichever way the order is deleted.
    An `on_delete`.
    """
    stoppable = messages.filter(state__in=sorted(MAY_YET_GO))
    waiting = messages.filter(state__in=sorted(WAITING))
    # In this order: the first one locks, and each finds its rows by what the next one changes.
    collector.add_field_update(Message._meta.get_field("unwanted"), reasons.ORDER_DELETED(), stoppable)
    collector.add_field_update(Message._meta.get_field("reason"), reasons.ORDER_DELETED(), waiting)
    collector.add_field_update(Message._meta.get_field("state"), MessageState.CANCELLED, waiting)
    models.SET_NULL(collector, field, messages, using)


cancel_and_unlink.lazy_sub_objs = True  # type: ignore[attr-defined]  # as querysets, never as a million objects


class Message(models.Model):
    """One text to one address on one channel. `key` is our own id, given to the provider on each try.

    `reason` says why it is in this state, when the state alone does not.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(
        Order, cancel_and_unlink, null=True, blank=True, related_name="messages", verbose_name=_("order")
    )
    client = models.ForeignKey(
        Client, models.SET_NULL, null=True, blank=True, related_name="messages", verbose_name=_("client")
    )
    text_version = models.ForeignKey(
        TemplateText, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("text version")
    )
    resend_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="resends", verbose_name=_("sends again")
    )
    gateway = models.ForeignKey(
        Gateway, models.SET_NULL, null=True, blank=True, related_name="messages", verbose_name=_("gateway")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.options)
    purpose = models.CharField(_("purpose"), max_length=11, choices=Purpose.options, default=Purpose.SERVICE)
    lane = models.PositiveSmallIntegerField(_("lane"), choices=Lane, default=Lane.ORDERS)
    to = models.CharField(pgettext_lazy("recipient", "to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    body = models.TextField(_("text"))
    headers = models.JSONField(default=dict, blank=True, help_text="of a letter: what makes it join an earlier one")
    files = models.JSONField(
        default=list, blank=True, help_text="what goes with it: path within DATA_DIR, name, content_type of each"
    )
    parts = models.PositiveSmallIntegerField(_("parts"), null=True, blank=True)
    is_demo = models.BooleanField(default=False, help_text=_("Goes through the sandbox only."))
    is_pinned = models.BooleanField(
        default=False, help_text="Answers by the line that was written from: through this gateway or not at all."
    )
    state = models.CharField(_("state"), max_length=9, choices=MessageState.options, default=MessageState.QUEUED)
    reason = ReasonField(_("reason"))
    send_at = models.DateTimeField(_("to be sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("not after"), null=True, blank=True)
    is_approved = models.BooleanField(default=False, help_text=_("Late, but somebody said: send it anyway."))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    claim = models.UUIDField(null=True, blank=True, editable=False, help_text="the drain that has it now")
    lease_until = models.DateTimeField(null=True, blank=True, editable=False, help_text="by the database's clock")
    look_up_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when the provider is asked what became of it, while in doubt"
    )
    look_ups = models.PositiveSmallIntegerField(default=0, editable=False)
    not_found_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="when the provider first said that it does not have it"
    )
    provider_id = models.CharField(_("provider's number"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    slowed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="since when the provider has asked to slow down for it"
    )
    unwanted = ReasonField(help_text="why it is wanted no more, though it may have left: it does not go again")
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    tried_at: datetime.datetime | None = None  # when the first try began whose answer is missing, while it is looked up
    turn: Turn | None = None  # of the claim that has it, at a gateway with a rate

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index("gateway", "lane", "send_at", "id", name="message_due", condition=models.Q(state="queued")),
            # The state comes first, since SQLite prefers any index with an equation to one with a range alone.
            models.Index("state", "lease_until", name="message_lease", condition=models.Q(state="sending")),
            models.Index(
                "state",
                "expires_at",
                name="message_expiry",
                condition=models.Q(state="queued", expires_at__isnull=False),
            ),
            models.Index("state", "look_up_at", name="message_look_up", condition=models.Q(state="in_doubt")),
            models.Index("state", "send_at", name="message_held", condition=models.Q(state="held")),
            models.Index("state", models.F("id").desc(), name="message_state"),
            models.Index(
                "state",
                "send_at",
                name="message_homeless",
                condition=models.Q(state="queued", gateway__isnull=True),
            ),
            models.Index("state", "created_at", name="message_state_made"),
            models.Index("channel", models.F("id").desc(), name="message_channel"),
            models.Index("purpose", models.F("id").desc(), name="message_purpose"),
            models.Index(
                "state", "channel", models.F("id").desc(), name="message_failed", condition=models.Q(state="failed")
            ),
            models.Index("to", models.F("id").desc(), name="message_to"),
            models.Index("gateway", "provider_id", name="message_provider", condition=~models.Q(provider_id="")),
            models.Index("gateway", "sent_at", name="message_unconfirmed", condition=models.Q(state="sent")),
            models.Index(
                ReasonCode("reason"),
                models.F("id").desc(),
                name="message_reason",
                condition=models.Q(reason__given=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} → {mask_phone(self.to) if Channel(self.channel).is_phone else self.to}"

    @property
    def carrier(self) -> Gateway:
        """The gateway of one that has it: that is claimed, being sent, or in doubt."""
        assert self.gateway is not None
        return self.gateway

    @property
    def tone(self) -> str:
        return MessageState(self.state).tone


class Attempt(models.Model):
    """One try to hand a message to a provider, written when its answer is known."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="tries", verbose_name=_("message"))
    gateway = models.ForeignKey(Gateway, models.SET_NULL, null=True, related_name="+", verbose_name=_("gateway"))
    started_at = models.DateTimeField(_("started"))
    milliseconds = models.PositiveIntegerField(_("took (ms)"), default=0)
    outcome = models.CharField(_("outcome"), max_length=10)
    code = models.CharField(_("code"), max_length=50, blank=True)
    reason = ReasonField(_("what the provider said"))
    fault = models.CharField(_("whose fault"), max_length=10, blank=True)
    task_id = models.CharField(_("django-q task"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("try")
        verbose_name_plural = _("tries")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.reason}" if self.reason else self.outcome


class UnusableAddress(models.Model):
    """An address that a provider called dead: nothing more is tried until somebody takes the mark away."""

    channel = models.CharField(_("channel"), max_length=10, choices=Channel.options)
    address = models.CharField(_("phone or e-mail"), max_length=254)
    reason = ReasonField(_("reason"))
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+", verbose_name=_("message"))
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("unusable address")
        verbose_name_plural = _("unusable addresses")
        constraints = [models.UniqueConstraint("channel", "address", name="unusable_address_once")]

    def __str__(self) -> str:
        return self.address


class Receipt(models.Model):
    """What a provider said afterwards about a message; kept even if nobody knows that message.

    `at`: when it happened, if the provider says so.
    """

    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="receipts", verbose_name=_("message"))
    gateway = models.ForeignKey(Gateway, models.SET_NULL, null=True, related_name="+", verbose_name=_("gateway"))
    provider_id = models.CharField(_("provider's number"), max_length=255, blank=True)
    status = models.CharField(_("state"), max_length=9)
    code = models.CharField(_("code"), max_length=50, blank=True)
    reason = ReasonField(_("what the provider said"))
    fault = models.CharField(_("whose fault"), max_length=10, blank=True)
    at = models.DateTimeField(_("when"), null=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["id"]
        indexes = [models.Index("received_at", name="receipt_received")]

    def __str__(self) -> str:
        return f"{self.status}: {self.reason}" if self.reason else self.status

    @property
    def tone(self) -> str:
        return MessageState(self.status).tone

    def get_status_display(self) -> str:
        return str(MessageState(self.status).label)
