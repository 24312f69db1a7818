"""Gateways, whose deletion would leave a million messages without theirs: the room itself knows no messages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

import messaging.gateways.admin
from locations.lists.deleting import DeletedInWords
from messaging.gateways.models import Gateway

admin.site.unregister(Gateway)


@admin.register(Gateway)
class GatewayAdmin(DeletedInWords, messaging.gateways.admin.GatewayAdmin):
    use_instead = _("Take the tick at “On” away instead: then nothing more goes through it.")
