"""Takes the pictures of docs/ from a demo company of its own: python -m tests.screenshots [folder]

It needs chromium, takes about a minute, and leaves nothing behind but the pictures.
"""

import argparse
import datetime
import os
import re
import tempfile
import time
import urllib.request
from pathlib import Path

import django
from playwright import sync_api

from tests.browser import ARGUMENTS, CHROMIUM, LAPTOP, PHONE

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "notify_site" / "demo" / "files" / "zamowienia.csv"
ROUNDS = 20  # of the demo are lived through at once, each of them
ROUND = datetime.timedelta(minutes=4)
HOURS_AGO = [0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 9, 9, 10, 10, 11, 12, 13]  # when the day's messages were made
LARGEST = 200_000  # bytes a picture may have


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gonets-pictures-") as data:
        os.environ |= {
            "DATA_DIR": data,
            "DATABASE_URL": f"sqlite:///{data}/db.sqlite3",
            "ENV_FILE": f"{data}/none",
            "DJANGO_SETTINGS_MODULE": "notify_site.settings",
        }
        django.setup()
        from tests.processes import Site

        with Site() as site:
            site.run("first_start").check_returncode()
            site.start("serve")
            wait_for(site.port)
            live_a_while()
            password = (Path(data) / "password").read_text().strip()
            address = f"http://127.0.0.1:{site.port}"
            take_pictures(address, password, folder, ["order", "phone", "template", "import", "order-phone"])
            spread_over_the_day()
            take_pictures(address, password, folder, ["dashboard"])
            take_chat_pictures(address, password, folder)
    for picture in sorted(folder.glob("*.png")):
        size = picture.stat().st_size
        print(f"{picture.relative_to(folder.parent)}  {size // 1000} kB")
        assert size < LARGEST, f"{picture} is too large for a README"


def wait_for(port: int) -> None:
    """Until web and worker are well. Raises AssertionError after 60 s."""
    from tests.processes import wait_until

    def is_well() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    wait_until(is_well, "the site is well", seconds=60)


def live_a_while() -> None:
    """An hour of the demo in a few seconds: after each round the past moves further back."""
    from django.db.models import F

    from messaging.gateways.models import SandboxDelivery
    from messaging.outbox.models import Message
    from messaging.outbox.states import MessageState
    from notify_site.demo.living import live_on
    from orders.models import Order, StageChange
    from tests.processes import wait_until

    past = {
        Message: ["created_at", "sent_at", "delivered_at"],
        StageChange: ["at"],
        Order: ["placed_at", "stage_entered_at"],
        SandboxDelivery: ["at"],
    }
    moving = Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING, MessageState.SENT])
    for _round in range(ROUNDS):
        for model, fields in past.items():
            model.objects.update(**{field: F(field) - ROUND for field in fields})
        live_on()
        time.sleep(0.3)
        wait_until(lambda: not moving.exists(), "all messages have arrived")


def spread_over_the_day() -> None:
    """The hour's messages as if they were a day's."""
    from messaging.outbox.models import Message

    for number, message in enumerate(Message.objects.order_by("-pk")):
        message.created_at -= datetime.timedelta(hours=HOURS_AGO[number % len(HOURS_AGO)])
        message.save(update_fields=["created_at"])


def order_to_show() -> int:
    """An order under way of which there is most to tell."""
    from django.db.models import Count

    from orders.models import Order

    under_way = Order.objects.filter(stage__kind="on_the_way", number__startswith="V-")
    return under_way.annotate(n=Count("messages")).order_by("-n", "-pk").values_list("pk", flat=True)[0]


def take_pictures(address: str, password: str, folder: Path, names: list[str]) -> None:
    order = f"/admin/orders/order/{order_to_show()}/change/"
    ways = {
        "dashboard": lambda page: page.goto("/admin/"),
        "order": lambda page: page.goto(order),
        "order-phone": lambda page: page.goto(order),
        "phone": lambda page: page.goto("/sandbox/"),
        "template": open_template,
        "import": import_file,
    }
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--disable-lcd-text"])
        context = browser.new_context(locale="en-GB", timezone_id="Europe/Warsaw", base_url=address)
        page = logged_in(context, password)
        for name in names:
            page.set_viewport_size(PHONE if name == "order-phone" else LAPTOP)
            ways[name](page)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()


def logged_in(context: sync_api.BrowserContext, password: str) -> sync_api.Page:
    page = context.new_page()
    page.goto("/admin/login/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", password)
    page.click("[type=submit]")
    return page


def take_chat_pictures(address: str, password: str, folder: Path) -> None:
    """Both sides of one conversation, on a laptop and on a phone. Their pages stay connected, so none falls silent."""
    operators, client = talk_to_show()
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--disable-lcd-text"])
        context = browser.new_context(locale="en-GB", timezone_id="Europe/Warsaw", base_url=address)
        pages = {"chat": (logged_in(context, password), operators)}
        shop = browser.new_context(locale="pl-PL", timezone_id="Europe/Warsaw", base_url=address)
        pages["chat-client"] = (shop.new_page(), client)
        for name, (page, way) in pages.items():
            for suffix, size in (("", LAPTOP), ("-phone", PHONE)):
                page.set_viewport_size(size)
                page.goto(way)
                page.get_by_text("Gotowe, kurier już wie.").last.wait_for()
                page.wait_for_timeout(500)  # the list's picture of what is read
                page.screenshot(path=folder / f"{name}{suffix}.png")
        browser.close()


def talk_to_show() -> tuple[str, str]:
    """Addresses of the longest web conversation of the demo: the operators' and the client's."""
    from django.db.models import Count
    from django.urls import reverse

    from messaging.inbox.identity.access import client_token
    from messaging.inbox.models import Conversation, LineKind

    told = Conversation.objects.filter(line__kind=LineKind.WEB, is_unread=False).select_related("client")
    longest = told.annotate(n=Count("chat_messages")).order_by("-n", "pk")[0]
    token = client_token(longest.client)
    return reverse("inbox:conversation", args=[longest.pk]), reverse("chat:page", args=[token])


def open_template(page: sync_api.Page) -> None:
    page.goto("/admin/texts/messagetemplate/")
    page.get_by_role("link", name="Demo: accepted").click()
    page.get_by_role("tab", name="Polish").first.click()


def import_file(page: sync_api.Page) -> None:
    """Up to the second step: what would happen, with the refused row."""
    page.goto("/admin/imports/import/add/")
    page.set_input_files("[name=file]", FILE)
    page.fill("[name=source]", "shop")
    page.check("[name=notify]")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text(re.compile(r"^1 refused row$")).wait_for(timeout=30_000)
    page.get_by_text("What would happen").evaluate("heading => heading.closest('section').scrollIntoView()")


if __name__ == "__main__":
    main()
