"""The chat's settings, business hours, and hints."""

import datetime
import re
import secrets
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from locations.values.emails import validate_email
from locations.values.kinds import Kinds

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ORIGIN = re.compile(r"https?://(?:[a-z0-9_-]+\.)*[a-z0-9_-]+(?::[0-9]{1,5})?")


def make_token_secret() -> str:
    """What the shop's server signs its clients' tokens with."""
    return secrets.token_urlsafe(32)


class OnSilence(Kinds):
    NOTHING = "", _("do nothing")
    ALERT = "alert", _("alert everybody")
    REASSIGN = "reassign", _("take the assignment away and alert everybody")


class ChatSettings(models.Model):
    """How the chat behaves: one row (D1-D6)."""

    is_on = models.BooleanField(
        _("chat is on"), default=False, help_text=_("Off: clients find a feedback form in its place.")
    )
    copies_to_email = models.BooleanField(_("send chat messages to e-mail"), default=False)
    staff_emails = models.CharField(
        _("e-mail for copies and feedback"),
        max_length=1000,
        blank=True,
        help_text=_("Several are separated by commas."),
    )
    greeting = models.TextField(
        _("greeting"),
        max_length=1000,
        blank=True,
        help_text=_("Shown to a client at the first contact. Empty: nothing."),
    )
    away_message = models.TextField(
        _("away message"), max_length=1000, blank=True, help_text=_("Answers what is written outside business hours.")
    )
    has_hours = models.BooleanField(
        _("business hours"), default=False, help_text=_("Unticked: somebody is always there.")
    )
    silence_minutes = models.PositiveIntegerField(_("when nobody answered within (minutes)"), default=15)
    on_silence = models.CharField(_("then"), max_length=8, choices=OnSilence.options, blank=True)
    asks_rating = models.BooleanField(
        _("ask for a rating"),
        default=False,
        help_text=_("After a conversation is closed, the client's page asks for one."),
    )
    allowed_origins = models.CharField(
        _("sites that may show the chat"),
        max_length=1000,
        blank=True,
        help_text=_("Where the chat's button stands, like https://shop.example; several are separated by commas."),
    )
    token_secret = models.CharField(max_length=100, default=make_token_secret, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("chat settings")

    def __str__(self) -> str:
        return str(_("Chat settings"))

    @classmethod
    def current(cls) -> Self:
        return cls.objects.get_or_create(pk=1)[0]

    @property
    def staff_addresses(self) -> list[str]:
        return [address for one in self.staff_emails.split(",") if (address := one.strip())]

    @property
    def origins(self) -> list[str]:
        """The sites that may show the chat, each as `https://shop.example`."""
        return [origin for one in self.allowed_origins.split(",") if (origin := one.strip().rstrip("/").lower())]

    def clean(self) -> None:
        problems: dict[str, StrOrPromise] = {}
        for origin in self.origins:
            if not ORIGIN.fullmatch(origin):
                problems["allowed_origins"] = _("“%s” is not a site: write it like https://shop.example.") % origin
        for address in self.staff_addresses:
            try:
                validate_email(address)
            except ValidationError:
                problems["staff_emails"] = _("“%s” is not an e-mail address.") % address
        if self.copies_to_email and not self.staff_addresses:
            problems["staff_emails"] = _("Copies need an address: write one, or untick “send chat messages to e-mail”.")
        if self.on_silence and not self.silence_minutes:
            problems["silence_minutes"] = _("Write after how many minutes, at least 1.")
        if problems:
            raise ValidationError(problems)


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class BusinessDay(models.Model):
    """When somebody is there on one day of the week, by the company's clock; with a break, if there is one.

    An end at or before the beginning is on the next day: 18:00 to 02:00, 09:00 to 00:00; the same time: 24 hours.
    """

    settings = models.ForeignKey(ChatSettings, models.CASCADE, related_name="days")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday, unique=True)
    opens_at = models.TimeField(_("from"))
    closes_at = models.TimeField(_("to"))
    break_from = models.TimeField(_("break from"), null=True, blank=True)
    break_to = models.TimeField(_("break to"), null=True, blank=True)

    class Meta:
        verbose_name = _("business day")
        verbose_name_plural = _("business hours")
        ordering = ["weekday"]

    def __str__(self) -> str:
        return str(Weekday(self.weekday).label)

    @property
    def ends_next_day(self) -> bool:
        return self.closes_at <= self.opens_at

    def is_next_day(self, time: datetime.time) -> bool:
        """Whether a time within the hours stands after the midnight that they pass."""
        return self.ends_next_day and time < self.opens_at

    def clean(self) -> None:
        if (self.break_from is None) != (self.break_to is None):
            raise ValidationError({"break_to": _("A break has a beginning and an end: write both or neither.")})
        if self.break_from is not None and self.opens_at and self.closes_at and not self._holds_break():
            raise ValidationError(
                {"break_from": _("The break must lie within the hours, its end after its beginning.")}
            )

    def _holds_break(self) -> bool:
        if self.break_from is None or self.break_to is None:
            return False
        ends = (self.ends_next_day, self.closes_at)
        begins_break = (self.is_next_day(self.break_from), self.break_from)
        ends_break = (self.is_next_day(self.break_to), self.break_to)
        return (False, self.opens_at) < begins_break < ends_break < ends


class Hint(models.Model):
    """A canned reply (D15-D21). `position` is decimal, so that a new hint fits between two others."""

    name = models.CharField(_("name of the hint"), max_length=100, help_text=_("What the operator chooses it by."))
    text = models.TextField(_("text of the hint"), max_length=5000)
    position = models.DecimalField(_("sequence"), max_digits=10, decimal_places=3, default=0)
    is_visible = models.BooleanField(_("visible"), default=True, help_text=_("Unticked: not offered in the chat."))

    class Meta:
        verbose_name = _("hint")
        verbose_name_plural = _("hints in chat")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name
