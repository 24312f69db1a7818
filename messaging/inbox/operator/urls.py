"""Addresses of the operator's page, under /inbox/."""

from django.urls import path

from . import composing, linking, marking, pages, panel

app_name = "inbox"
urlpatterns = [
    path("", pages.show_list, name="list"),
    path("rows/", pages.show_rows, name="rows"),
    path("chips/", pages.show_chips, name="chips"),
    path("filters/", pages.show_filters, name="filters"),
    path("read/", marking.mark_all_read, name="mark_all_read"),
    path("undo/", marking.undo, name="undo"),
    path("views/", marking.keep_view, name="keep_view"),
    path("views/<int:pk>/forget/", marking.forget_view, name="forget_view"),
    path("clients/", linking.show_clients, name="clients"),
    path("<int:pk>/", pages.show_conversation, name="conversation"),
    path("<int:pk>/row/", pages.show_row, name="row"),
    path("<int:pk>/head/", pages.show_head, name="head"),
    path("<int:pk>/messages/", pages.show_messages, name="messages"),
    path("<int:pk>/outside/", pages.show_outside, name="outside"),
    path("<int:pk>/more/", panel.show_more, name="more"),
    path("<int:pk>/orders/", panel.show_orders, name="orders"),
    path("<int:pk>/history/", panel.show_history, name="history"),
    path("<int:pk>/composer/", composing.show_composer, name="composer"),
    path("<int:pk>/hints/", composing.show_hints, name="hints"),
    path("<int:pk>/size/", composing.show_size, name="size"),
    path("<int:pk>/draft/", composing.keep_draft, name="draft"),
    path("<int:pk>/reply/", composing.send, name="reply"),
    path("<int:pk>/again/<int:said>/", composing.send_again, name="send_again"),
    path("<int:pk>/read/", marking.mark_read, name="mark_read"),
    path("<int:pk>/unread/", marking.mark_unread, name="mark_unread"),
    path("<int:pk>/assign/", marking.assign, name="assign"),
    path("<int:pk>/snooze/", marking.snooze, name="snooze"),
    path("<int:pk>/close/", marking.close, name="close"),
    path("<int:pk>/reopen/", marking.reopen, name="reopen"),
    path("<int:pk>/block/", marking.block, name="block"),
    path("<int:pk>/link/", linking.link_client, name="link"),
    path("<int:pk>/client/", linking.make_client, name="make_client"),
]
