"""Who and where: the company, its departments and people, clients, their addresses and delivery places."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from .rows.index_hints import PHONE_ENDING, Ending
from .rows.reason_field import ReasonField
from .values.channels import Channel, Purpose, written_channels  # noqa: F401 known from here to rooms above
from .values.emails import validate_email
from .values.people import ClientKind, ContactKind, ContactType, Gender
from .values.time_zones import validate_time_zone

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def languages() -> list[tuple[str, "StrOrPromise"]]:
    return list(settings.MESSAGE_LANGUAGES)


def page_languages() -> list[tuple[str, "StrOrPromise"]]:
    return list(settings.LANGUAGES)


class AllowFlags(models.Model):
    """What may be sent at this level; off at any level wins (decision 3)."""

    allow_sms = models.BooleanField(_("allow SMS"), default=True)
    allow_email = models.BooleanField(_("allow e-mail"), default=True)
    allow_calls = models.BooleanField(_("allow calls"), default=True)

    class Meta:
        abstract = True

    def allows(self, channel: str) -> bool:
        flag = Channel(channel).traits.flag
        return not flag or getattr(self, flag)


class Company(AllowFlags):
    """The company and its settings: one row."""

    name = models.CharField(_("company name"), max_length=255, default="Gonets")
    country = models.CharField(
        _("country"), max_length=2, default="PL", help_text=_("Two letters. Phone numbers without + are read as its.")
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Warsaw", validators=[validate_time_zone]
    )
    language = models.CharField(
        _("language"),
        max_length=8,
        choices=languages,
        default="en",
        help_text=_("Of messages to customers and to staff, and of pages, where nobody chose another one."),
    )
    currency = models.CharField(_("currency"), max_length=3, default="PLN")
    is_sending_stopped = models.BooleanField(
        _("stop all sending"), default=False, help_text=_("While ticked, no message leaves; they wait.")
    )
    held_after_minutes = models.PositiveIntegerField(
        _("hold what is late by more than (minutes)"),
        default=30,
        validators=[MaxValueValidator(7 * 24 * 60)],
        help_text=_("After a breakdown or a pause, later messages wait for your approval instead of going out."),
    )
    max_sms_characters = models.PositiveIntegerField(_("longest SMS template (characters)"), default=200)
    max_sms_parts = models.PositiveIntegerField(_("longest SMS (parts)"), default=4)

    class Meta:
        verbose_name = verbose_name_plural = _("company settings")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Self:
        return cls.objects.get_or_create(pk=1)[0]


class Department(models.Model):
    """A salon, a branch, a kitchen: what is empty here is the company's."""

    name = models.CharField(_("name"), max_length=255, unique=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_time_zone])
    language = models.CharField(_("language of messages"), max_length=8, choices=languages, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Employee(models.Model):
    """A user's place in the company: whose orders are "own" (C9)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"))
    departments = models.ManyToManyField(Department, blank=True, verbose_name=_("departments"))
    language = models.CharField(
        _("language of the pages"),
        max_length=8,
        choices=page_languages,
        blank=True,
        help_text=_("Empty: what the browser asks for, else the company's."),
    )

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")

    def __str__(self) -> str:
        return str(self.user)


class DeliveryZone(models.Model):
    name = models.CharField(_("name"), max_length=255, unique=True)

    class Meta:
        verbose_name = _("delivery zone")
        verbose_name_plural = _("delivery zones")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Client(AllowFlags):
    """A person or a company that orders. `external_id` is the shop's own number of the client (column clientId)."""

    kind = models.CharField(_("kind"), max_length=10, choices=ClientKind, default=ClientKind.PERSON)
    name = models.CharField(_("name"), max_length=255)
    external_id = models.CharField(_("client number"), max_length=64, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=languages, blank=True)
    company = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        limit_choices_to={"kind": ClientKind.COMPANY},
        related_name="people",
        verbose_name=_("company"),
    )
    is_demo = models.BooleanField(
        _("demo"), default=False, editable=False, help_text=_("Messages go to the sandbox only, whatever is connected.")
    )
    bottle_debt = models.PositiveIntegerField(
        _("bottle debt"), default=0, help_text=_("Returnable bottles that the client still has.")
    )
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        constraints = [
            models.UniqueConstraint("external_id", name="client_external_id", condition=~models.Q(external_id=""))
        ]
        indexes = [
            models.Index("name", name="client_name"),
            models.Index("company", name="client_company", condition=models.Q(company__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class ContactPoint(models.Model):
    """One phone number (E.164) or e-mail address in a client's card; the first by position is "the" one (E18)."""

    client = models.ForeignKey(
        Client, models.CASCADE, db_index=False, related_name="contact_points", verbose_name=_("client")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=ContactKind)
    type = models.CharField(_("type"), max_length=6, choices=ContactType, default=ContactType.MOBILE)
    value = models.CharField(_("phone or e-mail"), max_length=254)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint("client", "kind", "value", name="contact_point_once")]
        indexes = [
            models.Index("value", name="contact_point_value"),
            models.Index(Ending("value", length=PHONE_ENDING), name="contact_point_ending"),
        ]

    def __str__(self) -> str:
        return self.value


class Consent(models.Model):
    """What a client said about messages of one channel and purpose, with the proof. No row: never said."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="consents", verbose_name=_("client"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.options)
    purpose = models.CharField(_("purpose"), max_length=11, choices=Purpose.options)
    is_given = models.BooleanField(_("wants messages"))
    source = ReasonField(_("said where"))
    recorded_at = models.DateTimeField(_("when"), auto_now=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [models.UniqueConstraint("client", "channel", "purpose", name="consent_once")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, {self.get_purpose_display()}"


class Suppression(models.Model):
    """An address that must not be written to for a purpose, whoever's it is (decision 6)."""

    address = models.CharField(_("phone or e-mail"), max_length=254, help_text=_("+48501234567 or name@example.com"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.options)
    purpose = models.CharField(_("purpose"), max_length=11, choices=Purpose.options)
    reason = ReasonField(_("reason"), editable=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [models.UniqueConstraint("address", "channel", "purpose", name="suppression_once")]

    def __str__(self) -> str:
        return self.address


class Location(AllowFlags):
    """A client's delivery place, known by its exact client name and address (A6, A7)."""

    client_name = models.CharField(_("client name"), max_length=255)
    address = models.CharField(_("address"), max_length=500)
    client = models.ForeignKey(
        Client, models.SET_NULL, null=True, blank=True, related_name="locations", verbose_name=_("client")
    )
    email = models.EmailField(_("contact e-mail"), blank=True, validators=[validate_email])
    phone = PhoneNumberField(_("contact phone"), blank=True)
    zone = models.ForeignKey(
        DeliveryZone,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="locations",
        verbose_name=_("delivery zone"),
    )
    district = models.CharField(_("district"), max_length=255, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_time_zone])
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("client location")
        verbose_name_plural = _("client locations")
        constraints = [
            models.UniqueConstraint(
                "client_name",
                "address",
                name="location_once",
                violation_error_message=_("This client already has a location with exactly this address."),
            )
        ]
        indexes = [
            models.Index(Lower("email"), name="location_email"),
            models.Index(Ending("phone", length=PHONE_ENDING), name="location_phone_ending"),
            models.Index("zone", name="location_zone", condition=models.Q(zone__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.client_name}, {self.address}"
