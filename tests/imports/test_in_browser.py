"""The import as people do it: choose a file, look, tick, import, and see it done without pressing reload."""

import threading

import pytest
from django.db import connections
from django.urls import reverse
from playwright import sync_api

from messaging.robots.models import RobotStep
from orders.imports.models import Import
from orders.models import Order
from tests.browser import LAPTOP, PHONE, needs_browser, opened
from tests.imports.sending import run_tasks, table, upload
from tests.makers import make_gateway, make_robot, make_stages, make_user

pytestmark = needs_browser


@pytest.fixture
def worker():
    """Does what the page asks for, as the cluster would."""
    is_over = threading.Event()

    def work():
        while not is_over.wait(0.1):
            run_tasks()
        connections.close_all()

    thread = threading.Thread(target=work)
    yield thread
    is_over.set()
    thread.join()


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_file_goes_through_the_three_steps(live_server, client, transactional_db, tmp_path, worker, size):
    client.force_login(make_user(username="alice", is_superuser=True))
    make_gateway()
    make_robot(make_stages()["new"])
    path = tmp_path / "from-the-shop.csv"
    path.write_bytes(table({"contactPhone": "501 234 567"}, {"clientName": "Ewa", "total": "x"}))
    worker.start()
    with opened(live_server, client, reverse("admin:imports_import_add"), size) as page:
        page.locator("input[type=file]").set_input_files(path)
        sync_api.expect(page.locator("[data-file-name]")).to_have_text("from-the-shop.csv")
        sync_api.expect(page.get_by_label("Where the orders come from")).to_have_value("file")
        page.get_by_role("button", name="Check the file").click()
        sync_api.expect(page.locator(".i-cell")).to_have_text("x")
        sync_api.expect(page.get_by_text("No customer will be told.")).to_be_visible()
        page.get_by_label("Notify customers about these orders").check()
        sync_api.expect(page.locator("[aria-labelledby=step-3]")).to_contain_text("1 message will follow.")
        page.get_by_role("button", name="Import 1 order").click()
        sync_api.expect(page.get_by_text("Done: 1 created, 0 updated, 0 unchanged, 1 refused.")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert (Import.objects.get().source, Import.objects.get().notify) == ("file", True)
    assert (Order.objects.count(), RobotStep.objects.count()) == (1, 1)


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_refused_rows_are_looked_through_kind_by_kind(live_server, client, transactional_db, size):
    client.force_login(make_user(username="alice", is_superuser=True))
    make_stages()
    rows = [{"contactPhone": "12"}] * 17 + [{"total": "x"}] * 2 + [{"stage": "Flying"}, {"contactEmail": "anna"}]
    run = upload(client, table(*rows))
    with opened(live_server, client, reverse("admin:imports_import_change", args=[run.pk]), size) as page:
        cells = page.locator("#refused .i-cell")
        sync_api.expect(cells).to_have_count(21)
        kinds = page.get_by_role("navigation", name="Show only").get_by_role("link")
        sync_api.expect(kinds.nth(1)).to_have_text("17 × Not a phone number.")
        page.get_by_role("link", name="2 × Not an amount.").click()
        sync_api.expect(cells).to_have_text(["x", "x"])
        sync_api.expect(page.locator("#refused")).to_be_in_viewport()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download these rows").click()
        assert download.value.path().read_text().count("is not an amount") == 2
        page.get_by_role("link", name="All", exact=True).click()
        sync_api.expect(cells).to_have_count(21)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
