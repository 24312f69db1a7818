"""A list of fifty rows costs little: few questions, and not a template for each row, however many rows there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.models import Department
from locations.values.reasons import in_words
from messaging.outbox.models import Message
from messaging.robots.models import RobotStep
from orders.moves import move_orders
from tests.makers import (
    make_client,
    make_department,
    make_gateway,
    make_location,
    make_order,
    make_robot,
    make_stages,
    make_user,
)

pytestmark = pytest.mark.django_db
MOST_QUERIES = {
    "/admin/orders/order/": 12,
    "/admin/outbox/message/": 11,
    "/admin/locations/client/": 7,
    "/admin/locations/location/": 8,
    "/admin/robots/robotstep/": 12,
}


@pytest.fixture
def alice(client):
    client.force_login(make_user(is_superuser=True))
    return client


@pytest.fixture
def ready():
    stage = make_stages()["ready"]
    make_robot(stage)
    make_gateway()
    return stage


def add_orders(stage, count: int) -> None:
    """Each of a client and a place of its own, with a step and a message."""
    department = Department.objects.first() or make_department()
    places = [make_location(make_client(), phone=f"+48501{number:06}") for number in range(count)]
    orders = [make_order(place, department=department, notify=False) for place in places]
    move_orders([(order, stage) for order in orders])
    for step in RobotStep.objects.filter(message=None):
        step.message = Message.objects.create(
            order=step.order, client=step.order.client, channel="sms", to="+48501234567", body="Ready", state="failed"
        )
        step.state = "done"
        step.save()


@pytest.mark.parametrize("page", MOST_QUERIES)
def test_a_list_asks_few_questions_however_many_rows_it_shows(alice, ready, page):
    for count in (2, 10):
        add_orders(ready, count)
        alice.get(page)
        with CaptureQueriesContext(connection) as seen:
            assert alice.get(page).content.count(b'class="data-row') >= count
        assert len(seen) <= MOST_QUERIES[page], "\n".join(query["sql"][:200] for query in seen)


@pytest.mark.parametrize("page", MOST_QUERIES)
def test_no_row_of_a_list_costs_a_template(alice, ready, page):
    used = []
    for count in (2, 10):
        add_orders(ready, count)
        used.append([template.name for template in alice.get(page).templates])
    assert len(used[0]) == len(used[1])


def test_a_list_in_a_window_that_chooses_a_row_hands_over_its_key(alice, ready):
    add_orders(ready, 1)
    shown = alice.get("/admin/locations/client/?_popup=1").content.decode()
    assert f'data-popup-opener="{Message.objects.get().client_id}"' in shown


def test_a_row_leads_to_its_page_and_keeps_the_lists_filters(alice, ready):
    add_orders(ready, 1)
    order = Message.objects.get().order
    shown = alice.get(f"/admin/orders/order/?stage__id__exact={ready.pk}").content.decode()
    kept = f"_changelist_filters=stage__id__exact%3D{ready.pk}"
    assert f'<a href="/admin/orders/order/{order.pk}/change/?{kept}"' in shown


def test_what_people_wrote_is_shown_in_a_list_as_they_wrote_it(alice, ready):
    client = make_client(name="<b>Ada</b> & Co", kind="company")
    order = make_order(make_location(client, address="<i>Long</i> 1"), number="<u>7</u>")
    Message.objects.create(
        order=order, client=client, channel="sms", to="+48501234567", body="<s>", reason=in_words("<q>")
    )
    for page in MOST_QUERIES:
        shown = alice.get(page).content.decode()
        for raw in ("<b>Ada", "<i>Long", "<u>7", "<s>", "<q>"):
            assert raw not in shown.split('id="result_list"')[-1].split("</table>")[0], page
