"""A task that no worker survives."""

import os
import signal


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
