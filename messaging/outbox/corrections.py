"""A corrected phone number or e-mail address put where the wrong one stood, so that the next message finds it."""

from django.db import transaction

from locations.consent import keep_refusals
from locations.models import Channel, Client, ContactKind, ContactPoint, Location
from orders.models import Order

from .models import Message


@transaction.atomic
def correct_address(message: Message, to: str) -> list[Order | Location | Client]:
    """Replace the message's address in its order, the order's location and the client's card; returns what changed."""
    is_phone = Channel(message.channel).is_phone
    changed: list[Order | Location | Client] = []
    order = message.order
    if order is not None:
        field = "contact_phone" if is_phone else "contact_email"
        if Order.objects.filter(pk=order.pk, **{field: message.to}).update(**{field: to}):
            changed.append(order)
        field = "phone" if is_phone else "email"
        if Location.objects.filter(pk=order.location_id, **{field: message.to}).update(**{field: to}):
            changed.append(order.location)
    client = message.client
    if client is not None and correct_card(
        client, ContactKind.PHONE if is_phone else ContactKind.EMAIL, message.to, to
    ):
        changed.append(client)
    owners = {owner.pk for owner in (client, order and order.client) if owner}
    keep_refusals({owner: [to] for owner in owners})
    return changed


def correct_card(client: Client, kind: ContactKind, wrong: str, right: str) -> bool:
    """The right one takes the wrong one's place in the card; if it stands there already, the wrong one just goes."""
    wrong_points = ContactPoint.objects.filter(client=client, kind=kind, value=wrong)
    if ContactPoint.objects.filter(client=client, kind=kind, value=right).exists():
        return bool(wrong_points.delete()[0])
    return bool(wrong_points.update(value=right))
