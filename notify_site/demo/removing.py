"""Taking the demo away: everything it made, and nothing that somebody else made or uses."""

import time

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.models import Schedule

from locations.models import Client, DeliveryZone, Department, Location, Suppression
from messaging.gateways.models import Gateway, SandboxDelivery
from messaging.outbox import reasons
from messaging.outbox.models import Message
from messaging.outbox.queue import actions
from messaging.outbox.states import MessageState
from messaging.robots.models import Robot, RobotStep
from messaging.robots.steps.actions import cancel_steps
from messaging.texts.models import MessageTemplate
from notify_site.models import DemoRow
from orders.imports.models import Import
from orders.models import Order

from .living import forget_orders
from .made import is_loaded, lock, rows_of
from .talking import forget_talks

PATIENCE = 5  # seconds


class StillSending(Exception):
    """Messages of the demo are on their way to the sandbox: try again in a minute."""


def remove() -> bool:
    """Remove the demo; False when there is none. Raises StillSending when messages stay on their way for too long."""
    if not is_loaded():
        return False
    quieten()
    gives_up_at = time.monotonic() + PATIENCE
    while on_their_way().exists():
        if time.monotonic() > gives_up_at:
            raise StillSending(_("Messages of the demo are being sent this moment: try again in a minute."))
        time.sleep(0.1)
    take_away()
    return True


@transaction.atomic
def quieten() -> None:
    """Nothing of the demo moves or is sent any more."""
    lock()
    rows_of(Schedule).delete()
    DemoRow.objects.filter(content_type__app_label="django_q").delete()
    cancel_steps(RobotStep.objects.filter(order__in=rows_of(Order)), reasons.DEMO_REMOVED())
    actions.cancel(own_messages(), reasons.DEMO_REMOVED())


def own_messages() -> QuerySet[Message]:
    return Message.objects.filter(Q(order__in=rows_of(Order)) | Q(client__in=rows_of(Client)))


def on_their_way() -> QuerySet[Message]:
    """A message that a drain has in its hands must not be deleted under it."""
    return own_messages().filter(state=MessageState.SENDING, lease_until__gt=timezone.now())


@transaction.atomic
def take_away() -> None:
    """Delete from the orders down to what they stood on; each kind of row only where nothing else uses it."""
    forget_talks()
    forget_orders(list(rows_of(Order)))
    rows_of(Suppression).delete()
    rows_of(Import).delete()
    delete(rows_of(Location).filter(orders__isnull=True))
    take_clients_away()
    rows_of(Robot).filter(Q(template__isnull=True) | Q(template__in=rows_of(MessageTemplate))).delete()
    said = Message.objects.filter(text_version__isnull=False).values("text_version__template")
    unused = rows_of(MessageTemplate).filter(robots__isnull=True).exclude(pk__in=said)
    delete(unused.exclude(pk__in=MessageTemplate.objects.filter(texts__by__isnull=False).values("pk")))
    delete(rows_of(Department).filter(orders__isnull=True, employee__isnull=True))
    delete(rows_of(DeliveryZone).filter(locations__isnull=True))
    delete(rows_of(Gateway).filter(messages__isnull=True))
    DemoRow.objects.all().delete()


def take_clients_away() -> None:
    """First the people, then the companies they were in."""
    for _round in range(2):
        free = rows_of(Client).filter(orders__isnull=True, locations__isnull=True, people__isnull=True)
        said = Message.objects.filter(client__in=free.values("pk"), order__isnull=True)
        SandboxDelivery.objects.filter(key__in=said.values("key")).delete()
        said.delete()
        delete(free)


def delete(rows: QuerySet) -> None:
    """Rows found through joins, deleted by their keys."""
    rows.model._default_manager.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()
