"""The admin's frame: the menu in our words, colours, scripts. Nothing here may touch the database."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

# group's title -> (title, icon, address, permission)
Item = tuple[Any, str, str, str]
MENU: list[tuple[Any, list[Item]]] = [
    ("", [(_("Dashboard"), "space_dashboard", "admin:index", "")]),
    (
        _("Orders"),
        [
            (_("Orders"), "shopping_bag", "admin:orders_order_changelist", "orders.view_order"),
            (_("Import"), "upload_file", "admin:imports_import_changelist", "imports.view_import"),
            (_("Clients"), "group", "admin:locations_client_changelist", "locations.view_client"),
            (_("Client locations"), "location_on", "admin:locations_location_changelist", "locations.view_location"),
        ],
    ),
    (
        _("Messages"),
        [
            (_("Messages"), "sms", "admin:outbox_message_changelist", "outbox.view_message"),
            (_("Held for approval"), "front_hand", "admin:robots_robotstep_held", "robots.view_robotstep"),
            (_("Planned steps"), "schedule_send", "admin:robots_robotstep_changelist", "robots.view_robotstep"),
            (_("Robots"), "smart_toy", "admin:robots_robot_changelist", "robots.view_robot"),
            (_("SMS for orders"), "tune", "admin:robots_robot_simple", "robots.change_robot"),
            (_("Templates"), "edit_note", "admin:texts_messagetemplate_changelist", "texts.view_messagetemplate"),
        ],
    ),
    (
        _("Chat"),
        [
            (_("Chat"), "forum", "inbox:list", "inbox.view_conversation"),
            (_("Hints in chat"), "quickreply", "admin:inbox_hint_changelist", "inbox.view_hint"),
            (_("Chat settings"), "settings", "admin:inbox_chatsettings_changelist", "inbox.view_chatsettings"),
            (_("Lines"), "alt_route", "admin:inbox_line_changelist", "inbox.view_line"),
        ],
    ),
    (
        _("Gateways"),
        [
            (_("Gateways"), "cell_tower", "admin:gateways_gateway_changelist", "gateways.view_gateway"),
            (
                _("Calls not understood"),
                "contact_support",
                "admin:gateways_hookevent_changelist",
                "gateways.view_hookevent",
            ),
            (_("Sandbox phone"), "smartphone", "gateways:sandbox_phone", "gateways.view_sandboxdelivery"),
            (_("Sandbox mailbox"), "mail", "gateways:sandbox_mailbox", "gateways.view_sandboxdelivery"),
        ],
    ),
    (
        _("Settings"),
        [
            (_("Company"), "storefront", "admin:locations_company_changelist", "locations.view_company"),
            (_("Stages"), "timeline", "admin:orders_stage_changelist", "orders.view_stage"),
            (_("Departments"), "apartment", "admin:locations_department_changelist", "locations.view_department"),
            (_("Delivery zones"), "map", "admin:locations_deliveryzone_changelist", "locations.view_deliveryzone"),
            (_("Do not write to"), "block", "admin:locations_suppression_changelist", "locations.view_suppression"),
            (
                _("Unusable addresses"),
                "wrong_location",
                "admin:outbox_unusableaddress_changelist",
                "outbox.view_unusableaddress",
            ),
            (_("Employees"), "badge", "admin:locations_employee_changelist", "locations.view_employee"),
            (_("Users"), "person", "admin:auth_user_changelist", "auth.view_user"),
            (_("Roles"), "key", "admin:auth_group_changelist", "auth.view_group"),
        ],
    ),
]


COUNTS_UNREAD = "inbox:list"
"""Beside this item stands how many chats are unread, in red (D8, D24)."""


def address(name: str) -> str:
    """The address of a page; empty where an installation goes without that page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def word_in_menu(link: str) -> str:
    """What the menu calls the page at an address; empty for a page that is not in it."""
    words = (label for _title, items in MENU for label, _icon, name, _permission in items if address(name) == link)
    return str(next(words, ""))


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """What this user may see; the item of the page one is on (the longest address that fits) is marked."""
    groups = []
    for title, items in MENU:
        allowed = [
            {
                "title": label,
                "icon": icon,
                "link": address(name),
                "active": False,
                "counts_unread": name == COUNTS_UNREAD,
            }
            for label, icon, name, permission in items
            if address(name) and (not permission or request.user.has_perm(permission))
        ]
        groups.append({"title": title, "items": allowed, "separator": False})
    fitting = [item for group in groups for item in group["items"] if request.path.startswith(item["link"])]
    if fitting:
        max(fitting, key=lambda item: len(item["link"]))["active"] = True
    if len(fitting) == 1 and fitting[0]["link"] == address("admin:index") != request.path:
        fitting[0]["active"] = False
    return groups


def asset(path: str) -> Callable[[HttpRequest], str]:
    return lambda _request: static(path)


UNFOLD = {
    "SITE_TITLE": "Gonets",
    "SITE_HEADER": "Gonets",
    "SITE_SUBHEADER": _("Customers know where their order is"),
    "SITE_SYMBOL": "outgoing_mail",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": asset("gonets/icon.svg")}],
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "STYLES": [asset("gonets/gonets.css")],
    "SCRIPTS": [asset("gonets/gonets.js"), asset("gonets/unread.js")],
    "DASHBOARD_CALLBACK": "notify_site.admin.dashboard.fill",
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": menu},
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .014 240)",
            "100": "oklch(94.6% .03 240)",
            "200": "oklch(89.5% .06 240)",
            "300": "oklch(81.5% .1 240)",
            "400": "oklch(72% .135 242)",
            "500": "oklch(62.5% .15 245)",
            "600": "oklch(53.5% .15 248)",
            "700": "oklch(47% .135 250)",
            "800": "oklch(41% .11 251)",
            "900": "oklch(36.5% .09 252)",
            "950": "oklch(27% .07 253)",
        }
    },
}
