"""Templates: what we say, per channel and language. Text rows never change; the newest is the one in use."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from locations.models import Purpose, languages, written_channels
from locations.values.kinds import Kinds


class TemplateUse(Kinds):
    """What a template is for; it decides which placeholders it may have (B19, B20)."""

    ORDER = "order", _("Orders")
    BONUS = "bonus", _("Bonus points")
    CAMPAIGN = "campaign", _("Campaigns")
    SERVICE = "service", _("Service texts")


class MessageTemplate(models.Model):
    """A named text with a use and a purpose; the words are in its `texts`."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    use = models.CharField(_("use"), max_length=8, choices=TemplateUse.options, default=TemplateUse.ORDER)
    purpose = models.CharField(_("purpose"), max_length=11, choices=Purpose.options, default=Purpose.SERVICE)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TemplateText(models.Model):
    """One version of the words for a channel and a language; a message points to the version it was made from."""

    template = models.ForeignKey(MessageTemplate, models.CASCADE, related_name="texts", verbose_name=_("template"))
    channel = models.CharField(_("channel"), max_length=10, choices=written_channels)
    language = models.CharField(_("language"), max_length=8, choices=languages)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        indexes = [models.Index("template", "channel", "language", models.F("id").desc(), name="text_newest")]

    def __str__(self) -> str:
        return f"{self.template}, {self.get_channel_display()}, {self.language}"
