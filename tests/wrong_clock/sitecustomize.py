"""For a host under libfaketime only: 0.9 of it refuses `time.sleep` of Python 3.11 and later, so sleep by `select`."""

import select
import time


def sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = sleep
