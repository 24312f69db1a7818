"""By which lines a client can be reached."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from locations.values.reasons import NONE, Reason
from messaging.gateways.models import Gateway
from messaging.outbox.queue.routing import Routes

from .. import reasons
from ..models import ChatSettings, Conversation, ConversationAddress, Line, LineKind

NUMBER = re.compile(r"\+\d{8,15}")
"""Not “InPost”, not 4222: a name or a short code cannot be written to."""


@dataclass(frozen=True)
class Reach:
    """One way to answer. `address`: "" for web chat. `obstacle`: why it cannot be used now, if it cannot.

    `thread`: the headers of their last letter that a reply joins.
    """

    line: Line
    address: str = ""
    obstacle: Reason = NONE
    thread: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> LineKind:
        return LineKind(self.line.kind)


def web_line() -> Line:
    return Line.objects.get_or_create(kind=LineKind.WEB, gateway=None, defaults={"name": str(_("Web chat"))})[0]


def line_of(gateway: Gateway, kind: LineKind) -> Line:
    """The line of a gateway that clients can write to; made when it is first needed."""
    return Line.objects.get_or_create(gateway=gateway, defaults={"kind": kind, "name": gateway.name[:100]})[0]


def ways_to(conversation: Conversation) -> list[Reach]:
    """Every way to answer, the line that the client last wrote from first, then the other lines they used, then the
    phone and e-mail in the client's card.
    """
    ways: dict[int, Reach] = {}
    for way in _every_way(conversation):
        ways.setdefault(way.line.pk, way)
    last = conversation.line_id
    return sorted(ways.values(), key=lambda way: way.line.pk != last)


def last_way(conversation: Conversation) -> Reach | None:
    """The line that the client last wrote from (E24); None when they never wrote."""
    if conversation.line_id is None:
        return None
    return next((way for way in _every_way(conversation) if way.line.pk == conversation.line_id), None)


def _every_way(conversation: Conversation) -> Iterator[Reach]:
    """The best way by each line comes first; what is not asked for is not looked up."""
    for used in conversation.addresses.select_related("line__gateway").order_by("-last_wrote_at"):
        if used.line is not None:
            yield Reach(used.line, used.address, obstacle_of(used, used.line), used.thread)
    yield from _cold_ways(conversation)


def _off(line: Line) -> Reason:
    return NONE if line.is_on else reasons.LINE_OFF(line=line)


def obstacle_of(used: ConversationAddress, line: Line) -> Reason:
    if off := _off(line):
        return off
    if line.gateway is not None and not line.gateway.is_on:
        return reasons.GATEWAY_OFF(gateway=line.gateway)
    traits = LineKind(line.kind).traits
    if traits.has_numbers and not NUMBER.fullmatch(used.address):
        return reasons.NO_NUMBER(address=used.address)
    if traits.window is not None and timezone.now() - used.last_wrote_at > traits.window.lasts:
        return traits.window.over()
    return NONE


def _web_obstacle(web: Line) -> Reason:
    return _off(web) or (NONE if ChatSettings.current().is_on else reasons.CHAT_OFF())


def _cold_ways(conversation: Conversation) -> Iterator[Reach]:
    """Web chat of a client who may open it any time; SMS and e-mail to the first ones in the card."""
    client = conversation.client
    if client is None:
        return
    web = web_line()
    yield Reach(web, "", _web_obstacle(web))
    points = list(client.contact_points.all())
    routes = Routes()
    for kind in LineKind:
        first, may_be = kind.traits.first, kind.traits.may_be_first
        addresses = [point.value for point in points if point.kind == first and may_be(point.value)]
        gateway = routes.choose(kind.channel or "", is_demo=client.is_demo) if first else None
        if gateway is not None and addresses:
            line = line_of(gateway, kind)
            yield Reach(line, addresses[0], _off(line))
