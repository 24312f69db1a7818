"""What is left on the accounts that tell it, asked for every ten minutes."""

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django_q.tasks import async_task

from .adapters import Balance, Checkup, adapter_choices, get_adapter_class
from .delivery import check
from .models import Gateway


def refresh_all() -> None:
    """A task: one task for each gateway, so that a slow provider holds up no other."""
    able = [key for key, _label in adapter_choices() if get_adapter_class(key).has_balance]
    for pk in Gateway.objects.filter(is_on=True, adapter__in=able).values_list("pk", flat=True):
        async_task(refresh, pk)


def refresh(gateway_id: int) -> None:
    """A task: an account that does not answer keeps the balance that was known."""
    gateway = Gateway.objects.filter(pk=gateway_id).first()
    if gateway is None:
        return
    try:
        check_account(gateway)
    except ImproperlyConfigured:
        return  # sending says so, and pauses the gateway


def check_account(gateway: Gateway) -> Checkup:
    """Ask whether the account is in order, and note what is left on it. Raises ImproperlyConfigured."""
    checkup = check(gateway)
    if checkup.balance is not None:
        note(gateway, checkup.balance)
    return checkup


def note(gateway: Gateway, balance: Balance) -> None:
    Gateway.objects.filter(pk=gateway.pk).update(
        balance=balance.amount, balance_currency=balance.currency, balance_at=timezone.now()
    )
