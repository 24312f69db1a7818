"""The page that removes the demo, and the card on the dashboard that leads there."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from locations.models import Client
from messaging.gateways.models import Gateway
from messaging.outbox.models import Message
from messaging.robots.models import Robot
from orders.models import Order

from .made import is_loaded, rows_of
from .removing import StillSending, remove

PERMISSION = "locations.change_company"


def demo_card(request: HttpRequest) -> dict[str, Any] | None:
    """What the dashboard's card says about the demo; None when there is none."""
    if not is_loaded():
        return None
    real = [gateway for gateway in Gateway.objects.filter(is_on=True) if not gateway.is_sandbox]
    return {
        "may_remove": request.user.has_perm(PERMISSION),
        "real_gateway": real[0] if real and rows_of(Robot).filter(is_on=True).exists() else None,
    }


def remove_view(request: HttpRequest) -> HttpResponse:
    """GET asks, POST removes."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if request.method == "POST":
        return removed(request)
    if not is_loaded():
        return HttpResponseRedirect(reverse("admin:index"))
    orders = rows_of(Order)
    counts = {
        "orders": orders.count(),
        "clients": rows_of(Client).count(),
        "messages": Message.objects.filter(order__in=orders).count(),
    }
    context = {**admin.site.each_context(request), "title": _("Remove the demo"), "counts": counts}
    return TemplateResponse(request, "admin/remove_demo.html", context)


def removed(request: HttpRequest) -> HttpResponse:
    try:
        if remove():
            messages.success(request, _("The demo is removed. What you made yourself is still there."))
        else:
            messages.info(request, _("There is no demo any more."))
    except StillSending as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("demo_remove"))
    return HttpResponseRedirect(reverse("admin:index"))
