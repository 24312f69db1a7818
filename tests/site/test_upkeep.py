"""SQLite's knowledge of its indexes is kept fresh by a daily job; the pages do not rely on it."""

import pytest
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from tests.makers import make_order

pytestmark = pytest.mark.django_db


def test_the_daily_job_writes_down_how_indexes_are_filled():
    make_order()
    function, minutes = settings.PERIODIC_JOBS["statistics"]
    import_string(function)()
    assert minutes == 24 * 60
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'orders_order'")
            assert cursor.fetchone()[0] > 5
