"""Orders and the stages they move through.

`place_orders`, `move_orders` and `move_to` in `orders.moves` are the only ways to
set a stage; `reschedule_orders` is the only way to change a planned arrival. `Order.save()` writes neither on update:
a form that was opened before a concurrent move would otherwise put the old value back.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from locations.errors import CannotDo
from locations.models import AllowFlags, Client, Company, Department, Location
from locations.rows.index_hints import PHONE_ENDING, Ending
from locations.values.emails import validate_email
from locations.values.kinds import Kinds

NUMBER_ENDING = 3
"""Characters by which the numbers that end so are looked up."""
MOVED_ONLY = {"stage", "stage_entered_at", "planned_arrival"}
FILES_ONLY = {"file_said"}


class StageKind(Kinds):
    """What a stage means to the program, whatever the company calls it."""

    NEW = "new", _("new")
    PREPARING = "preparing", _("preparing")
    READY = "ready", pgettext_lazy("order", "ready")
    ON_THE_WAY = "on_the_way", _("on the way")
    DELIVERED = "delivered", pgettext_lazy("order", "delivered")
    CANCELLED = "cancelled", pgettext_lazy("order", "cancelled")

    @property
    def is_final(self) -> bool:
        return self in {StageKind.DELIVERED, StageKind.CANCELLED}


class Stage(models.Model):
    """A place in the company's one line of stages."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=StageKind.options)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Fulfilment(models.TextChoices):
    DELIVERY = "delivery", _("Delivery")
    PICKUP = "pickup", _("Pick-up")
    DINE_IN = "dine_in", _("Dine-in")


class PaymentType(models.TextChoices):
    """The known kinds of payment; an order may carry any other words as they came (B26)."""

    CASH = "cash", _("cash")
    CARD = "card", _("card")
    ONLINE = "online", _("online payment")
    TRANSFER = "transfer", _("bank transfer")


class Order(AllowFlags):
    """One order. `source` and `number` together are its key; `total` is what is to be paid (decision 20)."""

    source = models.CharField(_("source"), max_length=50, default="manual")
    number = models.CharField(_("order number"), max_length=64, blank=True)
    client = models.ForeignKey(Client, models.PROTECT, db_index=False, related_name="orders", verbose_name=_("client"))
    location = models.ForeignKey(Location, models.PROTECT, related_name="orders", verbose_name=_("client location"))
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="orders",
        verbose_name=_("department"),
    )
    stage = models.ForeignKey(
        Stage, models.PROTECT, db_index=False, related_name="orders", editable=False, verbose_name=_("stage")
    )
    stage_entered_at = models.DateTimeField(_("in this stage since"), editable=False)
    contact_phone = PhoneNumberField(_("contact phone"), blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True, validators=[validate_email])
    fulfilment = models.CharField(_("fulfilment"), max_length=8, choices=Fulfilment, default=Fulfilment.DELIVERY)
    subtotal = models.DecimalField(_("subtotal"), max_digits=12, decimal_places=2, null=True, blank=True)
    discount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, null=True, blank=True)
    total = models.DecimalField(_("total to pay"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    payment_type = models.CharField(_("payment"), max_length=50, blank=True)
    contents = models.TextField(_("contents"), blank=True, max_length=10_000)
    comment = models.TextField(_("comment"), blank=True, max_length=10_000)
    placed_at = models.DateTimeField(_("placed"), default=timezone.now)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    promised_minutes = models.PositiveIntegerField(_("promised within (minutes)"), null=True, blank=True)
    planned_arrival = models.DateTimeField(_("planned arrival"), null=True, blank=True)
    file_said = models.JSONField(
        default=dict, editable=False, help_text="what files said last, by field: see orders.imports.planning.file_news"
    )
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(
                "source",
                "number",
                name="order_key",
                condition=~models.Q(number=""),
                violation_error_message=_("This source already has an order with this number."),
            )
        ]
        indexes = [
            models.Index(fields=["number"], name="order_number", opclasses=["varchar_pattern_ops"]),
            models.Index(Ending("number", length=NUMBER_ENDING), name="order_number_ending"),
            models.Index(Lower("contact_email"), name="order_email"),
            models.Index(Ending("contact_phone", length=PHONE_ENDING), "contact_phone", name="order_phone"),
            models.Index(models.F("placed_at").desc(), models.F("id").desc(), name="order_newest"),
            models.Index("stage", models.F("placed_at").desc(), models.F("id").desc(), name="order_stage_newest"),
            models.Index("client", models.F("placed_at").desc(), models.F("id").desc(), name="order_client"),
            models.Index(
                "department",
                models.F("placed_at").desc(),
                models.F("id").desc(),
                name="order_department",
                condition=models.Q(department__isnull=False),
            ),
            models.Index("fulfilment", models.F("placed_at").desc(), models.F("id").desc(), name="order_fulfilment"),
        ]

    def __str__(self) -> str:
        return self.number or f"({self.pk})"

    def zone_name(self, company: Company) -> str:
        """Where the customer is: the location's time zone, else the department's, else the company's."""
        department = self.department
        return self.location.time_zone or (department.time_zone if department else "") or company.time_zone

    @property
    def predicted_at(self) -> datetime.datetime | None:
        """When it should be there: acceptance (else placing) + the promised minutes (B24); None if not promised."""
        if self.promised_minutes is None:
            return None
        return (self.accepted_at or self.placed_at) + datetime.timedelta(minutes=self.promised_minutes)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            raise TypeError("A new order is a move to its first stage: use orders.moves.place_orders.")
        if kwargs.get("update_fields") is None:
            kwargs["update_fields"] = {field.name for field in self._meta.concrete_fields if not field.primary_key} - (
                MOVED_ONLY | FILES_ONLY
            )
        elif MOVED_ONLY.intersection(kwargs["update_fields"]):
            raise TypeError("Stage and planned arrival are changed by orders.moves only.")
        super().save(*args, **kwargs)


class Cause(Kinds):
    """Through which door a move came."""

    FORM = "form", _("by hand")
    IMPORT = "import", _("import")
    API = "api", _("API")
    ROBOT = "robot", _("robot")
    DEMO = "demo", _("demo")


class StageChange(models.Model):
    """It happened: an order got onto a stage. One row is one visit of the order to the stage (decision 2)."""

    order = models.ForeignKey(
        Order, models.CASCADE, db_index=False, related_name="stage_changes", verbose_name=_("order")
    )
    from_stage = models.ForeignKey(
        Stage, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=pgettext_lazy("stage", "from")
    )
    to_stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("stage", "to"))
    at = models.DateTimeField(_("at"))
    cause = models.CharField(_("how"), max_length=10, choices=Cause.options, default=Cause.FORM)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_index=False, related_name="+", verbose_name=_("by")
    )
    notify = models.BooleanField(_("customers are told"), default=True)

    class Meta:
        verbose_name = _("stage change")
        verbose_name_plural = _("stage changes")
        indexes = [
            models.Index("order", models.F("id").desc(), name="stage_change_of_order"),
            models.Index("from_stage", name="stage_change_from", condition=models.Q(from_stage__isnull=False)),
            models.Index("by", name="stage_change_by", condition=models.Q(by__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage or '–'} → {self.to_stage}"


def first_stage(stages: Iterable[Stage]) -> Stage:
    """Where a new order starts: the first of kind new, else the first of all. Raises CannotDo if there is none."""
    ordered = sorted(stages, key=lambda stage: (stage.kind != StageKind.NEW, stage.position, stage.pk))
    if not ordered:
        raise CannotDo(gettext("There is no stage yet."))
    return ordered[0]
