"""The form of a robot shows the fields of the event that is chosen, and no others."""

import pytest

from messaging.robots.robot_event import all_events
from tests.browser import needs_browser, opened
from tests.makers import make_stages, make_user

pytestmark = needs_browser


@pytest.fixture(autouse=True)
def alice(client) -> None:
    make_stages()
    client.force_login(make_user(is_superuser=True))


def test_each_event_shows_its_own_fields(live_server, client, transactional_db):
    events = all_events()
    every = {field for event in events for field in (*event.timing, *event.conditions)} | {"validity_minutes"}
    with opened(live_server, client, "/admin/robots/robot/add/") as page:
        for event in events:
            page.select_option("#id_event", event.key)
            wanted = {*event.timing, *event.conditions, *(["validity_minutes"] if event.has_validity else [])}
            for field in every:
                page.locator(f"#id_{field}").wait_for(state="visible" if field in wanted else "hidden")
