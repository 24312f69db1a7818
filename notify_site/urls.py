"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from messaging.gateways.calls.hooks import receive
from messaging.inbox.live.sse import operator_stream
from messaging.inbox.operator.presence import presence, unread

from .admin.writing import write_to_client
from .api import api
from .demo.views import remove_view
from .serving.health import healthz
from .web.languages import choose_language

handler500 = "notify_site.broken.server_error"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("healthz", healthz),
    path("i18n/setlang/", choose_language, name="set_language"),
    path("admin/demo/", admin.site.admin_view(remove_view), name="demo_remove"),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("chat/", include("messaging.inbox.client.urls")),
    path("hooks/<str:key>/", receive, name="hook"),
    path("inbox/with/<int:pk>/", write_to_client, name="inbox_write"),
    path("inbox/unread/", unread, name="inbox_unread"),
    path("inbox/events/", operator_stream, name="inbox_events"),
    path("inbox/<int:pk>/presence/", presence, name="inbox_presence"),
    path("inbox/", include("messaging.inbox.operator.urls")),
    path("sandbox/", include("messaging.gateways.urls")),
]
