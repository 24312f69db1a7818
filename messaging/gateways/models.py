"""Connected accounts that carry messages, what providers tell us, what the sandbox's phone and mailbox received."""

import datetime
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from locations.models import Channel
from locations.rows.reason_field import ReasonCode, ReasonField
from locations.values.reasons import Reason

from . import credentials, pace
from .adapters import HookRequest, adapter_choices, get_adapter_class


def make_hook_key() -> str:
    """What nobody can guess."""
    return secrets.token_urlsafe(24)


class Gateway(models.Model):
    """An account at a provider. What the provider needs is kept encrypted in `credentials`, as one JSON object."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    adapter = models.CharField(_("provider"), max_length=30, choices=adapter_choices)
    channel = models.CharField(_("channel"), max_length=10, editable=False)
    credentials = models.TextField(editable=False, blank=True)
    is_on = models.BooleanField(_("on"), default=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=10, help_text=_("The heaviest one is used."))
    rate_per_second = models.FloatField(
        _("messages per second"), null=True, blank=True, help_text=_("Empty: as fast as the provider takes them.")
    )
    concurrency = models.PositiveSmallIntegerField(
        _("requests at a time"),
        default=64,
        help_text=_("How many messages may be under way at once, over all workers."),
    )
    timeout_seconds = models.PositiveSmallIntegerField(_("timeout (seconds)"), default=10)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True, editable=False)
    pause_reason = ReasonField(_("why paused"))
    failed_check = models.BooleanField(default=False, editable=False)
    last_error = ReasonField(_("last error"))
    last_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    failures_in_row = models.PositiveIntegerField(default=0, editable=False)
    resting_until = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="after failures in a row: other gateways are preferred until then",
    )
    rate_full_at = models.DateTimeField(
        default=timezone.now, editable=False, help_text="GCRA's theoretical arrival time of the next message"
    )
    busy_since = models.DateTimeField(
        null=True, editable=False, help_text="since when it has had as many messages as its rate lets through"
    )
    paced_at = models.DateTimeField(
        null=True, editable=False, help_text="since when the pace comes back, by the database's clock"
    )
    paced_from = models.FloatField(null=True, editable=False, help_text="messages per second that it took then")
    pace_reason = ReasonField()
    hook_key = models.CharField(max_length=50, unique=True, default=make_hook_key, editable=False)
    hook_called_at = models.DateTimeField(null=True, blank=True, editable=False)
    hook_problem = ReasonField(help_text="why a call was turned away at the door")
    hook_problem_at = models.DateTimeField(null=True, editable=False)
    poll_at = models.DateTimeField(null=True, editable=False, help_text="when to ask for what customers wrote")
    polled_at = models.DateTimeField(null=True, editable=False, help_text="when it last answered, or began to be asked")
    poll_cursor = models.JSONField(default=dict, editable=False, help_text="from where to ask on")
    poll_problem = ReasonField()
    balance = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True, editable=False)
    balance_currency = models.CharField(max_length=10, blank=True, editable=False)
    balance_at = models.DateTimeField(null=True, blank=True, editable=False)
    low_balance = models.DecimalField(
        _("warn when the balance is below"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("gateway")
        verbose_name_plural = _("gateways")
        ordering = ["channel", "-weight", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.channel = get_adapter_class(self.adapter).channel
        super().save(*args, **kwargs)

    @property
    def config(self) -> dict[str, str]:
        """What the provider needs, in clear; never show or log it."""
        return credentials.decrypt(self.credentials) if self.credentials else {}

    @config.setter
    def config(self, values: dict[str, str]) -> None:
        self.credentials = credentials.encrypt(values)

    def pace_at(self, leases_now: datetime.datetime) -> float | None:
        """Messages per second since the provider asked to slow down; None when that is over."""
        if self.paced_at is None or self.paced_from is None:
            return None
        return pace.pace_after(self.paced_from, (leases_now - self.paced_at).total_seconds())

    def rate_at(self, leases_now: datetime.datetime) -> float | None:
        """Messages per second, by its own limit and by the provider's; None: as fast as it takes them."""
        limits = [one for one in (self.rate_per_second, self.pace_at(leases_now)) if one]
        return min(limits) if limits else None

    @property
    def pace_in_words(self) -> str:
        """That the provider slows it down, and to what; "" when it does not."""
        now = timezone.now()
        slowed, own = self.pace_at(now), self.rate_per_second
        if slowed is None or (own and slowed >= own):
            return ""
        return _("Asked to slow down: now %(pace)s messages/s.") % {"pace": pace.in_figures(slowed)}

    @property
    def rest_in_words(self) -> str:
        """Until when it is given nothing, after failures in a row or because the provider said so."""
        if self.resting_until is None or self.resting_until <= timezone.now():
            return ""
        until = timezone.localtime(self.resting_until)
        return _("It rests until %(time)s; other gateways go first.") % {"time": f"{until:%H:%M:%S}"}

    @property
    def trouble(self) -> Reason:
        """Why it does not work as it should, or did not the last time; none if it always did."""
        if self.paused_at is not None:
            return self.pause_reason
        if self.pace_in_words and not self.rest_in_words:
            return self.pace_reason
        return self.last_error

    @property
    def is_sandbox(self) -> bool:
        return get_adapter_class(self.adapter).is_sandbox

    @property
    def has_hook(self) -> bool:
        return get_adapter_class(self.adapter).has_hook

    @property
    def hook_url(self) -> str:
        """Where the provider may call us; empty when it never does, or when nobody outside can reach this site."""
        if not settings.PUBLIC_URL or not self.has_hook:
            return ""
        return settings.PUBLIC_URL + reverse("hook", args=[self.hook_key])

    @property
    def must_be_asked(self) -> bool:
        """Whether nothing tells us what became of a message unless we ask."""
        return bool(get_adapter_class(self.adapter).receipts_at_once) and not self.hook_url

    @property
    def has_receipts(self) -> bool:
        """Whether the provider says, one way or the other, what became of a message."""
        adapter_class = get_adapter_class(self.adapter)
        return adapter_class.has_receipts and (adapter_class.has_hook or bool(adapter_class.receipts_at_once))

    @property
    def channel_label(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def line_kind(self) -> str:
        """By which kind of line customers write to us through it; "": they cannot."""
        return get_adapter_class(self.adapter).line

    @property
    def poll_seconds(self) -> int:
        """How often it is asked for what customers wrote, where it cannot call us."""
        return get_adapter_class(self.adapter).poll_seconds

    @property
    def must_be_polled(self) -> bool:
        """Whether what customers write comes only if we ask for it. Raises ImproperlyConfigured."""
        adapter_class = get_adapter_class(self.adapter)
        return self.is_on and not self.hook_url and adapter_class.can_poll(self.config)

    @property
    def has_balance(self) -> bool:
        return get_adapter_class(self.adapter).has_balance

    @property
    def is_balance_low(self) -> bool:
        return self.balance is not None and (self.balance <= 0 or self.balance < (self.low_balance or 0))


class HookEvent(models.Model):
    """A call of a provider, as it came, kept before anybody reads it. `url`: the public address with its query.

    What we asked a provider for is kept as if it had called us (method POLL).
    """

    gateway = models.ForeignKey(Gateway, models.CASCADE, related_name="hook_events")
    dedupe_key = models.CharField(max_length=64)
    method = models.CharField(max_length=7)
    url = models.TextField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    received_at = models.DateTimeField(default=timezone.now)
    handle_after = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True)
    problem = ReasonField(help_text="why it, or a part of it, had no effect")
    is_unclear = models.BooleanField(
        default=False, help_text="somebody has to look at it: kept until it could be read or was set aside"
    )
    claims = models.PositiveSmallIntegerField(
        default=0, help_text="how often a worker began it with care and did not come back"
    )
    left_until = models.DateTimeField(null=True, editable=False, help_text="begun with care: by nobody else until then")

    class Meta:
        verbose_name = _("call of a provider")
        verbose_name_plural = _("calls not understood")
        constraints = [models.UniqueConstraint("gateway", "dedupe_key", name="hook_event_once")]
        indexes = [
            models.Index("handle_after", "id", name="hook_event_due", condition=models.Q(handled_at__isnull=True)),
            models.Index("received_at", name="hook_event_received"),
            models.Index("id", name="hook_event_unclear", condition=models.Q(is_unclear=True)),
            models.Index(
                ReasonCode("problem"),
                models.F("id").desc(),
                name="hook_event_problem",
                condition=models.Q(problem__given=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway}, {timezone.localtime(self.received_at):%H:%M:%S}"

    def read_again(self) -> bool:
        """Put it back to the calls to be read, whoever asks how often; False when it waits there already."""
        rows = HookEvent.objects.filter(pk=self.pk, handled_at__isnull=False)
        return bool(rows.update(handled_at=None, handle_after=timezone.now(), claims=0, left_until=None))

    @property
    def request(self) -> HookRequest:
        return HookRequest(self.url, self.method, bytes(self.body), self.headers)


class SandboxDelivery(models.Model):
    """What the sandbox received and what it answered: its phone and mailbox show these rows."""

    key = models.UUIDField(default=uuid.uuid4)
    channel = models.CharField(max_length=10)
    to = models.CharField(max_length=254)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    body = models.TextField()
    reason = ReasonField(help_text="why it was not delivered, or nobody knows; none: it arrived")
    is_shown = models.BooleanField(default=True, help_text="False: the chosen outcome keeps it from the customer")
    is_reply = models.BooleanField(default=False, help_text="True: the other way, what the customer at `to` wrote")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("sandbox delivery")
        verbose_name_plural = _("sandbox deliveries")
        indexes = [models.Index("channel", "to", models.F("id").desc(), name="sandbox_recipient")]

    def __str__(self) -> str:
        return f"{self.to}, {self.at:%H:%M}"
