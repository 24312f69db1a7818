"""Addresses of the client's side, under /chat/. No word here can be a token: tokens have dots."""

from django.urls import path

from . import embedding, files, live_view, views

app_name = "chat"
urlpatterns = [
    path("", views.enter, name="enter"),
    path("widget.js", embedding.widget, name="widget"),
    path("files/<int:pk>/", files.show_to_staff, name="staff_file"),
    path("<str:token>/", views.page, name="page"),
    path("<str:token>/messages/", views.messages, name="messages"),
    path("<str:token>/read/", views.read, name="read"),
    path("<str:token>/badge/", views.badge, name="badge"),
    path("<str:token>/rating/", views.give_rating, name="rating"),
    path("<str:token>/events/", live_view.events, name="events"),
    path("<str:token>/files/<int:pk>/", files.show_to_client, name="client_file"),
]
