"""Loading the demo: all of it or nothing, and only once."""

from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule

from orders.models import StageKind

from .company import make_company
from .history import live_through
from .importing import import_files, opt_out
from .living import move_on, place_new
from .made import is_loaded, remember
from .talking import make_talks

TASK = "notify_site.demo.tasks.move_orders"
FRESH = 4
STILL_TO_MAKE = {StageKind.NEW, StageKind.PREPARING}


@transaction.atomic
def load() -> bool:
    """Make the demo company, its orders and their first moves; False when it is there already.

    The first messages are due at once: they arrive as soon as the worker runs.
    """
    if is_loaded():
        return False
    make_company()
    files = import_files()
    opt_out()
    for orders in files:
        live_through(orders)
    waiting = [order for orders in files for order in orders if order.stage.kind in STILL_TO_MAKE]
    move_on(waiting, len(waiting))
    place_new(FRESH)
    make_talks()
    schedule = Schedule.objects.create(
        name="Demo", func=TASK, schedule_type=Schedule.MINUTES, minutes=1, repeats=-1, next_run=timezone.now()
    )
    remember([schedule])
    return True
