"""The simple page: the four messages a delivery needs, five fields each (B5-B16). It edits ordinary robots."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from locations.models import Channel
from messaging.texts.models import MessageTemplate, TemplateUse
from orders.models import Stage, StageKind

from .events.order_placed import OrderPlaced
from .events.stage_entered import StageEntered
from .models import Robot


@dataclass(frozen=True)
class Notice:
    """One row of the page. Without a stage's kind it is the thank-you, days after placing."""

    key: str
    title: Any
    explanation: Any
    kind: StageKind | None = None

    @property
    def event(self) -> str:
        return StageEntered.key if self.kind else OrderPlaced.key

    def stage(self) -> Stage | None:
        return Stage.objects.filter(kind=self.kind).first() if self.kind else None

    def robot(self, channel: str) -> Robot:
        """The first robot that does this, or a new one that is off."""
        stage = self.stage()
        found = Robot.objects.filter(event=self.event, stage=stage, channel=channel).order_by("position", "id").first()
        return found or Robot(event=self.event, stage=stage, channel=channel)


NOTICES = (
    Notice("accepted", _("After acceptance"), _("When a new order comes in."), StageKind.NEW),
    Notice("ready", _("Ready"), _("When the order is ready and waits for its departure."), StageKind.READY),
    Notice("on_the_way", _("On the way"), _("When the order has left."), StageKind.ON_THE_WAY),
    Notice("thanks", _("Thank you"), _("Some days after the order was placed, once it was delivered.")),
)


def numeric(label: Any, minimum: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=minimum, max_value=1_000_000, widget=UnfoldAdminIntegerFieldWidget()
    )


class NoticeForm(forms.Form):
    """On, template, delay in minutes (days for the thank-you), validity in minutes, also by e-mail."""

    is_on = forms.BooleanField(label=_("On"), required=False, widget=UnfoldBooleanSwitchWidget())
    template = forms.ModelChoiceField(
        MessageTemplate.objects.filter(use=TemplateUse.ORDER),
        label=_("Template"),
        required=False,
        empty_label=_("none yet"),
        widget=UnfoldAdminSelectWidget(),
    )
    delay = numeric(_("Delay (minutes)"), 0)
    validity = numeric(_("Validity (minutes)"), 1)
    by_email = forms.BooleanField(label=_("Also by e-mail"), required=False, widget=UnfoldBooleanSwitchWidget())

    def __init__(self, notice: Notice, **kwargs: Any) -> None:
        self.notice = notice
        self.sms, self.email = notice.robot(Channel.SMS), notice.robot(Channel.EMAIL)
        initial = {
            "is_on": self.sms.is_on,
            "template": self.sms.template_id,
            "delay": self.sms.delay_minutes if notice.kind else self.sms.days,
            "validity": self.sms.validity_minutes,
            "by_email": self.email.is_on,
        }
        super().__init__(prefix=notice.key, initial=initial, **kwargs)
        if not notice.kind:
            self.fields["delay"].label = _("After (days)")

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            for robot in self.robots():
                self.check(robot)
        return self.cleaned_data

    def robots(self) -> list[Robot]:
        """The robots as this form wants them; those nobody ever switched on and that are unknown are left out."""
        data = self.cleaned_data
        wanted = ((self.sms, data["is_on"]), (self.email, data["is_on"] and data["by_email"]))
        changed = []
        for robot, is_on in wanted:
            if robot.pk is None and not is_on and not (robot is self.sms and data["template"]):
                continue
            robot.is_on = is_on
            if is_on or robot is self.sms:
                robot.template, robot.validity_minutes = data["template"], data["validity"]
                setattr(robot, "delay_minutes" if self.notice.kind else "days", data["delay"])
            robot.name = robot.name or free_name(self.notice, robot.channel)
            changed.append(robot)
        return changed

    def check(self, robot: Robot) -> None:
        """The robot's own refusals, under the fields of this form."""
        if self.notice.kind and robot.stage is None:
            self.add_error(None, _("There is no stage of the kind “%(kind)s” yet.") % {"kind": self.notice.kind.label})
            return
        try:
            robot.full_clean()
        except forms.ValidationError as refused:
            for field, problems in refused.message_dict.items():
                here = {"delay_minutes": "delay", "days": "delay", "validity_minutes": "validity"}.get(field, field)
                self.add_error(here if here in self.fields else None, problems)


def free_name(notice: Notice, channel: str) -> str:
    name = f"{notice.title} ({Channel(channel).label})"
    taken = set(Robot.objects.filter(name__startswith=name).values_list("name", flat=True))
    return next(one for one in (name, *(f"{name} {n}" for n in range(2, len(taken) + 3))) if one not in taken)


def notice_forms(data: Any = None) -> list[NoticeForm]:
    return [NoticeForm(notice, data=data) for notice in NOTICES]


@transaction.atomic
def save_notices(rows: list[NoticeForm]) -> None:
    for row in rows:
        for robot in row.robots():
            robot.save()
