from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "messaging.inbox"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from locations.search import word_index
        from messaging.gateways.signals import gateway_paused, gateway_resumed, inbound_stored
        from messaging.outbox import redaction
        from messaging.outbox.signals import messages_changed
        from messaging.worker import work_sources
        from orders import timeline
        from orders.signals import orders_moved

        from .automation import away_reply, receivers
        from .conversations import zones
        from .identity.access import FILE_LINK, PAGE_LINK
        from .inbound import inbound, media_download
        from .lines.telegram_links import PASS_WORD_LINK
        from .search.index import CHAT_MESSAGES, CONVERSATIONS
        from .signals import client_wrote
        from .timeline import chat_of_order

        word_index.register(CHAT_MESSAGES, CONVERSATIONS)
        inbound_stored.connect(inbound.hear, dispatch_uid="inbox_inbound")
        redaction.hide(FILE_LINK, _("(a file in the client's chat)"))
        redaction.hide(PASS_WORD_LINK, _("(the client's Telegram link)"))
        redaction.hide(PAGE_LINK, _("(the client's chat link)"))
        timeline.register(chat_of_order)
        client_wrote.connect(away_reply.on_client_wrote, dispatch_uid="inbox_away")
        messages_changed.connect(receivers.on_messages_changed, dispatch_uid="inbox_deliveries")
        gateway_paused.connect(receivers.on_gateway_paused, dispatch_uid="inbox_paused")
        gateway_resumed.connect(receivers.on_gateway_resumed, dispatch_uid="inbox_resumed")
        orders_moved.connect(zones.on_orders_moved, dispatch_uid="inbox_zones")
        work_sources.register(
            work_sources.WorkSource("files to be fetched", media_download.due_files, media_download.start_fetching)
        )
