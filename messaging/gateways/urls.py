"""Addresses of the sandbox's pages, under /sandbox/."""

from django.urls import path

from . import views

app_name = "gateways"
urlpatterns = [
    path("", views.show_phones, name="sandbox_phone"),
    path("reply/", views.reply, name="sandbox_reply"),
    path("mail/", views.show_mailbox, name="sandbox_mailbox"),
]
