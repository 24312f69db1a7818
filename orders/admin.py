"""Stages. Orders themselves are in `notify_site.admin`: their page shows several rooms."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from locations.forms import NamedForm
from locations.lists.spoken import badge

from .models import Order, Stage, StageChange, StageKind

TONES = {StageKind.NEW: "grey", StageKind.DELIVERED: "green", StageKind.CANCELLED: "red"}


def stage_badge(stage: Stage) -> str:
    """The stage's name in the colour of its kind."""
    return badge(stage.name, TONES.get(StageKind(stage.kind), "blue"))


@admin.register(Stage)
class StageAdmin(ModelAdmin):
    compressed_fields = False
    form = NamedForm
    list_display = ["name", "shown_kind"]
    list_before_template = "admin/orders/stage/hint.html"
    ordering_field = "position"
    hide_ordering_field = True
    fields = ["name", "kind", "position"]
    list_per_page = 200

    @display(description=_("kind"))
    def shown_kind(self, stage: Stage) -> str:
        return stage.get_kind_display()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # it would list a million protected orders
        return actions

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        stage = self.get_object(request, object_id)
        if stage and self.has_delete_permission(request, stage) and (problem := why_kept(stage)):
            messages.error(request, problem)
            return HttpResponseRedirect(reverse("admin:orders_stage_change", args=[stage.pk]))
        return super().delete_view(request, object_id, extra_context)


def why_kept(stage: Stage) -> str:
    """The sentence for somebody who wants to delete a stage in use; empty when it may go."""
    if Order.objects.filter(stage=stage).exists():
        return _("Orders stand in “%(stage)s”: move them to another stage first.") % {"stage": stage}
    if StageChange.objects.filter(to_stage=stage).exists() or StageChange.objects.filter(from_stage=stage).exists():
        return _("Orders have been in “%(stage)s”, and their history must stay readable: rename it instead.") % {
            "stage": stage
        }
    return ""
