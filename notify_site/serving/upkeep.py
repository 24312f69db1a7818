"""What a database needs now and then. PostgreSQL does it by itself."""

from django.db import connection

ROWS_LOOKED_AT = 1000
"""Of each index: enough to see how it is filled, a tenth of a second for a million orders."""


def refresh_statistics() -> None:
    """A daily task: tells SQLite how its indexes are filled, so that it chooses well among them.

    No page and no write relies on it: what must be quick names its rows so that the right index is the only choice.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
        cursor.execute("ANALYZE")
