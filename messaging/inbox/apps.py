from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class InboxConfig(AppConfig):
    name = "messaging.inbox"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from messaging.gateways import polling
        from messaging.gateways.signals import gateway_paused, gateway_resumed, inbound_stored
        from messaging.outbox import showing, work
        from messaging.outbox.signals import messages_changed
        from orders import timeline
        from orders.signals import orders_moved

        from . import answering, fetching, inbound, notices, zones
        from .access import FILE_LINK, PAGE_LINK
        from .search_index import keep_in_step
        from .signals import client_wrote
        from .telegram_links import PASS_WORD_LINK
        from .timeline import chat_of_order

        def after_migrating(using: str, **_signal: object) -> None:
            keep_in_step(connections[using])

        post_migrate.connect(after_migrating, sender=self, weak=False, dispatch_uid="inbox_words")
        inbound_stored.connect(inbound.hear, dispatch_uid="inbox_inbound")
        showing.hide(FILE_LINK, _("(a file in the client's chat)"))
        showing.hide(PASS_WORD_LINK, _("(the client's Telegram link)"))
        showing.hide(PAGE_LINK, _("(the client's chat link)"))
        timeline.register(chat_of_order)
        client_wrote.connect(answering.on_client_wrote, dispatch_uid="inbox_away")
        messages_changed.connect(notices.on_messages_changed, dispatch_uid="inbox_deliveries")
        gateway_paused.connect(notices.on_gateway_paused, dispatch_uid="inbox_paused")
        gateway_resumed.connect(notices.on_gateway_resumed, dispatch_uid="inbox_resumed")
        orders_moved.connect(zones.on_orders_moved, dispatch_uid="inbox_zones")
        work.register(work.WorkSource("gateways to be asked", polling.due_gateways, polling.start_polls))
        work.register(work.WorkSource("files to be fetched", fetching.due_files, fetching.start_fetching))
