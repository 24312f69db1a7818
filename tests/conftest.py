"""What all tests share: small makers (tests/makers.py) and nothing fake but time."""

from collections.abc import Iterator

import pytest

from tests import settings
from tests.processes import Site
from tests.running_worker import close_adapters


def pytest_unconfigure() -> None:
    settings.remove_folder()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two rules for tests that need more than a transaction.

    What migrations put into the database (roles, stages) is there again after a test that emptied it. Tests that start
    processes run one after another, on one of the workers: each wants the machine for itself.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        fixtures = set(getattr(item, "fixturenames", ()))
        if (marker and marker.kwargs.get("transaction")) or fixtures & {"transactional_db", "live_server"}:
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.xdist_group("processes"))


@pytest.fixture(autouse=True)
def _adapters_are_closed() -> Iterator[None]:
    yield
    close_adapters()


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    """Real processes beside the test: they see its database and its DATA_DIR, and end with it."""
    with Site() as running:
        yield running
