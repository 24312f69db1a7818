"""Asking the database while a browser is open: Playwright's loop forbids it in the test's own thread."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def aside(work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What the function returns, or raises, called in a thread with a connection of its own."""
    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["value"] = work(*arguments, **named)
        except Exception as error:  # noqa: BLE001 handed on below
            outcome["error"] = error
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]
