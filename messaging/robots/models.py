"""Robots: rules that tell a customer something when something happens to an order; and their steps."""

import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locations.models import Channel, written_channels
from locations.rows.reason_field import ReasonCode, ReasonField
from messaging.inbox.models import ChatMessage
from messaging.outbox.models import Message
from messaging.texts.models import MessageTemplate
from orders.models import Order, Stage, StageChange

from .event_registry import event_options, events
from .states import ENDED, StepState

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MONTH = 31 * 24 * 60
"""Minutes: the longest time a robot may wait or be early."""


def minutes(number: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=number)


class Robot(models.Model):
    """One rule: on this event, by this channel, with this template, at this time. Off until somebody switches it on."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_on = models.BooleanField(_("on"), default=False)
    event = models.CharField(_("when"), max_length=20, choices=event_options, default="stage_entered")
    stage = models.ForeignKey(
        Stage, models.CASCADE, null=True, blank=True, related_name="robots", verbose_name=_("stage")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=written_channels, default=Channel.SMS)
    template = models.ForeignKey(
        MessageTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="robots",
        verbose_name=_("template"),
        limit_choices_to={"use": "order"},
    )
    delay_minutes = models.PositiveIntegerField(
        _("delay (minutes)"),
        default=0,
        validators=[MaxValueValidator(MONTH)],
        help_text=_("After the order entered the stage."),
    )
    days = models.PositiveIntegerField(
        _("days"),
        default=2,
        validators=[MaxValueValidator(366)],
        help_text=_("Calendar days after the order was placed."),
    )
    at_time = models.TimeField(_("at"), default=datetime.time(12), help_text=_("In the customer's time zone."))
    lead_minutes = models.PositiveIntegerField(
        _("minutes before arrival"),
        default=30,
        validators=[MaxValueValidator(MONTH)],
        help_text=_("The message follows the planned arrival."),
    )
    validity_minutes = models.PositiveIntegerField(
        _("validity (minutes)"),
        default=240,
        validators=[MaxValueValidator(MONTH)],
        help_text=_("How long after the event the message may still be sent. Later, it is not sent at all."),
    )
    is_hidden = models.BooleanField(
        _("hidden message"),
        default=False,
        help_text=_("Only employees see it, in the chat with the client; it goes nowhere else."),
    )
    delivery_only = models.BooleanField(_("delivery orders only"), default=True)
    only_if_delivered = models.BooleanField(
        _("only if delivered by then"), default=True, help_text=_("For messages days after placing.")
    )
    keep_waiting = models.BooleanField(
        _("keep waiting when the order moves on"),
        default=False,
        help_text=_("Otherwise a message that still waits is cancelled when the order leaves the stage."),
    )
    only_while_driver_live = models.BooleanField(
        _("only while the driver's app is live"),
        default=True,
        help_text=_("App running, GPS and data on, route sent before departure. Off: the planned arrival is enough."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("robot")
        verbose_name_plural = _("robots")
        ordering = ["stage__position", "position", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        problems: dict[str, StrOrPromise] = {}
        if self.event in events:
            problems.update(events[self.event].problems(self))
        if self.is_on and not self.template_id:
            problems["template"] = _("Choose a template: without one there is nothing to send.")
        if self.template and not self.template.texts.filter(channel=self.channel).exists():
            problems["template"] = _("“%(template)s” has no text for %(channel)s yet: write one first.") % {
                "template": self.template,
                "channel": self.get_channel_display(),
            }
        if problems:
            raise ValidationError(problems)

    def once_key(self, order: Order, visit: StageChange | None = None) -> str:
        """Of its step for the order; of each visit, if it speaks of one."""
        return f"r{self.pk}:v{visit.pk}" if visit else f"r{self.pk}:o{order.pk}"

    def step(
        self,
        order: Order,
        due_at: datetime.datetime,
        expires_at: datetime.datetime,
        visit: StageChange | None = None,
    ) -> "RobotStep":
        """One planned execution, unsaved; the order and its visit may be unsaved too (a forecast)."""
        return RobotStep(
            robot=self,
            robot_name=self.name,
            order=order,
            stage_change=visit,
            once_key=self.once_key(order, visit),
            due_at=due_at,
            expires_at=expires_at,
        )


class RobotStep(models.Model):
    """A step: one planned execution of a robot for an order. It makes at most one message.

    Its timing was copied from the robot when it was planned. `once_key` (robot + stage change, or robot + order)
    forbids a second notice however often things move.
    """

    robot = models.ForeignKey(
        Robot, models.SET_NULL, null=True, db_index=False, related_name="steps", verbose_name=_("robot")
    )
    robot_name = models.CharField(_("robot"), max_length=100)
    order = models.ForeignKey(Order, models.CASCADE, related_name="robot_steps", verbose_name=_("order"))
    stage_change = models.ForeignKey(
        StageChange, models.CASCADE, null=True, related_name="robot_steps", verbose_name=_("visit")
    )
    once_key = models.CharField(max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=9, choices=StepState.options, default=StepState.PLANNED)
    reason = ReasonField(_("reason"))
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("not after"), null=True)
    is_approved = models.BooleanField(default=False)
    claims = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="how often a worker began it with care and did not come back"
    )
    left_until = models.DateTimeField(null=True, editable=False, help_text="begun with care: by nobody else until then")
    message = models.OneToOneField(Message, models.SET_NULL, null=True, related_name="step", verbose_name=_("message"))
    chat_message = models.OneToOneField(
        ChatMessage, models.SET_NULL, null=True, related_name="step", verbose_name=_("chat message")
    )
    created_at = models.DateTimeField(_("planned"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        indexes = [
            # The state comes first, since SQLite prefers any index with an equation to one with a range alone.
            models.Index("state", "due_at", "id", name="step_due", condition=Q(state__in=["planned", "postponed"])),
            models.Index("state", "due_at", name="step_held", condition=Q(state="held")),
            models.Index(models.F("id").desc(), name="step_waiting", condition=~Q(state__in=ENDED)),
            models.Index("state", models.F("id").desc(), name="step_state"),
            models.Index("robot", "finished_at", name="step_of_robot"),  # what a robot did today
            models.Index("state", "finished_at", name="step_ended"),  # who was not told today
            models.Index("robot", models.F("id").desc(), name="step_newest_of_robot"),
            models.Index(
                ReasonCode("reason"), models.F("id").desc(), name="step_reason", condition=Q(reason__given=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.robot_name}: {self.get_state_display()}"

    @property
    def rule(self) -> Robot:
        """The robot of a step that still has one: without it the step is skipped before anything else is asked."""
        assert self.robot is not None
        return self.robot

    @property
    def tone(self) -> str:
        return StepState(self.state).tone
