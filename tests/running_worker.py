"""The worker, in the test's own process: what the dispatcher and a drain do, until nothing is due."""

from django.utils import timezone
from django_q.signals import post_execute_in_worker, pre_execute

from messaging.gateways.models import SandboxDelivery
from messaging.outbox.sending import event_loop
from messaging.outbox.sending.drain import drain
from messaging.worker.slots import prepare_slots, take_slot


def run_worker() -> None:
    prepare_slots()
    while (taken := take_slot(timezone.now())) is not None:
        pre_execute.send(sender="django_q", func=drain, task={})  # as django-q's worker does around each task
        drain(taken.slot_id, str(taken.owner), taken.was_abandoned)
        post_execute_in_worker.send(sender="django_q", func=drain, task={})


def close_adapters() -> None:
    """Those that are kept for the next drain: their gateways went with the test, so nobody would ever close them."""
    while event_loop._adapters:
        _pk, (_version, adapter) = event_loop._adapters.popitem()
        event_loop.submit(adapter.close()).result(30)


def received(channel: str = "sms") -> list[tuple[str, str]]:
    """(address, text) of everything customers saw in the sandbox, the oldest first."""
    shown = SandboxDelivery.objects.filter(channel=channel, is_shown=True, is_reply=False).order_by("pk")
    return list(shown.values_list("to", "body"))
