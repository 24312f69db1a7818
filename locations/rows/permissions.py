"""Permissions of a model that gets another name: Django itself would make new ones, given to nobody."""

from django.apps.registry import Apps

VERBS = ("add", "change", "delete", "view")


def rename_permissions(apps: Apps, app_label: str, old: str, new: str) -> None:
    """Of a database that has them already; in a fresh one they are made later."""
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label=app_label)
    for verb in VERBS:
        permissions.filter(codename=f"{verb}_{old}").update(codename=f"{verb}_{new}")
