"""Who may do what: five roles, each a group of Django's that a company may change in the admin as it likes.

The table below is what a fresh installation begins with; a migration writes it. A right that an update brings is given
after the update, once: what a company took away from a role is not given back.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext, gettext_noop

SEE = ("view",)
EDIT = ("view", "change")
KEEP = ("view", "add", "change")
ALL = ("view", "add", "change", "delete")

Rights = dict[str, tuple[str, ...]]  # "app.model" -> what may be done with it

ORDERS: Rights = {
    "orders.order": KEEP,
    "orders.stagechange": SEE,
    "orders.stage": SEE,
    "locations.client": KEEP,
    "locations.contactpoint": ALL,
    "locations.consent": KEEP,
    "locations.location": KEEP,
    "locations.deliveryzone": SEE,
    "locations.department": SEE,
}
MESSAGES: Rights = {"outbox.message": SEE, "outbox.attempt": SEE, "robots.robotstep": SEE}
TEXTS: Rights = {"texts.messagetemplate": SEE, "texts.templatetext": SEE, "robots.robot": SEE}
CHAT: Rights = {"inbox.conversation": EDIT, "inbox.chatmessage": ("view", "add"), "inbox.hint": SEE}
IMPORTS: Rights = {"imports.import": KEEP, "imports.importchunk": SEE}

ROLES: dict[str, Rights] = {
    gettext_noop("System administrator"): {
        **ORDERS,
        **MESSAGES,
        **CHAT,
        **dict.fromkeys(
            (
                *("orders.order", "orders.stage", "locations.client", "locations.location", "locations.consent"),
                *("locations.deliveryzone", "locations.department", "locations.employee", "locations.suppression"),
                *("texts.messagetemplate", "texts.templatetext", "robots.robot", "gateways.gateway", "imports.import"),
                *("inbox.hint", "inbox.businessday", "auth.user", "auth.group"),
            ),
            ALL,
        ),
        "locations.company": EDIT,
        "inbox.chatsettings": EDIT,
        "inbox.line": EDIT,
        "outbox.message": KEEP,
        "outbox.unusableaddress": ALL,
        "robots.robotstep": EDIT,
        "imports.importchunk": SEE,
        "gateways.sandboxdelivery": ALL,
        "gateways.hookevent": EDIT,  # look, read again, set aside
    },
    gettext_noop("Manager"): {
        **ORDERS,
        **IMPORTS,
        **CHAT,
        "inbox.hint": ALL,
        "inbox.businessday": ALL,
        "inbox.chatsettings": EDIT,
        "inbox.line": EDIT,
        "orders.order": ALL,
        "orders.stage": KEEP,
        "locations.client": ALL,
        "locations.location": ALL,
        "locations.deliveryzone": ALL,
        "locations.department": ALL,
        "locations.suppression": ALL,
        "outbox.unusableaddress": ALL,
        "texts.messagetemplate": ALL,
        "texts.templatetext": KEEP,
        "robots.robot": ALL,
        "robots.robotstep": EDIT,
        "outbox.message": KEEP,
        "outbox.attempt": SEE,
        "gateways.sandboxdelivery": SEE,
        "gateways.hookevent": EDIT,
    },
    gettext_noop("Dispatcher"): {
        **ORDERS,
        **IMPORTS,
        **TEXTS,
        **CHAT,
        "robots.robotstep": EDIT,
        "outbox.message": EDIT,  # send again, cancel
        "outbox.attempt": SEE,
        "outbox.unusableaddress": ALL,
        "locations.suppression": SEE,
    },
    gettext_noop("Seller"): {**ORDERS, **MESSAGES},
    gettext_noop("Operator"): {
        **MESSAGES,
        **CHAT,
        "inbox.hint": ALL,
        "orders.order": SEE,
        "orders.stagechange": SEE,
        "orders.stage": SEE,
        "locations.client": EDIT,
        "locations.contactpoint": KEEP,
        "locations.consent": KEEP,
        "locations.location": SEE,
    },
}


def permissions_of(role: str) -> set[tuple[str, str]]:
    """(app label, codename) of everything the role may do."""
    pairs = ((*model.split("."), verb) for model, verbs in ROLES[role].items() for verb in verbs)
    return {(app, f"{verb}_{model}") for app, model, verb in pairs}


def word_role(name: str) -> str:
    """A role's name in the reader's language; one that the company made is called as it says."""
    return gettext(name) if name in ROLES else name


def give_roles(apps: Apps, roles: Iterable[str] = ROLES) -> None:
    """Make the groups and give them what the table says, as far as those models exist by now; takes nothing away."""
    permissions = all_permissions(apps)
    groups = apps.get_model("auth", "Group").objects
    for role in roles:
        known = permissions_of(role) & permissions.keys()
        groups.get_or_create(name=role)[0].permissions.add(*(permissions[pair] for pair in known))


def all_permissions(apps: Apps) -> dict[tuple[str, str], Any]:
    """By (app label, codename); those of our rooms are made first, where they are not there yet."""
    for app in {model.split(".")[0] for rights in ROLES.values() for model in rights}:
        create_permissions(installed.get_app_config(app), verbosity=0, interactive=False, apps=apps)
    rows = apps.get_model("auth", "Permission").objects.select_related("content_type")
    return {(row.content_type.app_label, row.codename): row for row in rows}


class NewRights:
    """The rights that this migrate brings: `look_before` it, `give` afterwards."""

    def __init__(self) -> None:
        self.before: set[int] = set()

    def look_before(self, using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
        self.before = set()
        permissions = installed.get_model("auth", "Permission")
        if permissions._meta.db_table in connections[using].introspection.table_names():
            self.before = set(permissions.objects.values_list("pk", flat=True))

    def give(self, using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
        """To the roles that are still there, as the table says."""
        groups = installed.get_model("auth", "Group")
        if groups._meta.db_table not in connections[using].introspection.table_names():
            return  # one app alone was migrated, on an empty database
        permissions = {pair: row for pair, row in all_permissions(installed).items() if row.pk not in self.before}
        for group in groups.objects.filter(name__in=ROLES) if permissions else ():
            group.permissions.add(*(permissions[pair] for pair in permissions_of(group.name) & permissions.keys()))
