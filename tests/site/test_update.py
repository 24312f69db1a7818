"""An update from the version before: what was there is there under its new name, and nobody loses a right."""

import datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from locations.models import Company
from messaging.robots.models import RobotStep
from messaging.robots.states import StepState
from tests.makers import make_order, make_robot, make_stages

BEFORE = {"notify_site": "0005", "robots": "0006", "locations": "0009", "outbox": "0008"}


@pytest.fixture
def version_before(transactional_db):
    """A database of the version before; afterwards it is one of today again."""
    for app, migration in BEFORE.items():
        call_command("migrate", app, migration, verbosity=0)
    yield old_models()
    call_command("migrate", verbosity=0)


def old_models():
    loader = MigrationLoader(connection)
    return loader.project_state([key for key in loader.applied_migrations if key in loader.graph.nodes]).apps


def tables() -> set[str]:
    return set(connection.introspection.table_names())


@pytest.fixture
def waiting_step(transactional_db) -> RobotStep:
    order, robot = make_order(notify=False), make_robot(make_stages()["ready"])
    due_at = timezone.now() + datetime.timedelta(days=1)
    return RobotStep.objects.create(robot=robot, robot_name="r", order=order, once_key="x", due_at=due_at)


def test_the_company_steps_and_rights_are_the_same_after_an_update(waiting_step, version_before):
    account = version_before.get_model("locations", "Account")
    account.objects.update_or_create(pk=1, defaults={"name": "Pizza Ltd", "is_sending_stopped": True})
    clerk = Group.objects.create(name="Clerk")
    clerk.permissions.set(Permission.objects.filter(codename__in=["change_account", "view_robotrun"]))
    assert clerk.permissions.count() == 2
    assert {"locations_account", "robots_robotrun", "outbox_drainslot"} <= tables()

    call_command("migrate", verbosity=0)

    company = Company.current()
    assert (company.name, company.is_sending_stopped) == ("Pizza Ltd", True)
    step = RobotStep.objects.get()
    assert (step.pk, step.state, step.once_key) == (waiting_step.pk, StepState.PLANNED, "x")
    assert set(clerk.permissions.values_list("codename", flat=True)) == {"change_company", "view_robotstep"}
    assert not {"locations_account", "robots_robotrun", "outbox_drainslot"} & tables()
