from django.apps import AppConfig


class NotifySiteConfig(AppConfig):
    name = "notify_site"
    verbose_name = "Gonets"
