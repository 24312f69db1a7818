"""`python -m notify_site.serving <descriptor>`: the supervisor, which `manage.py serve` becomes once all is checked.

It imports nothing but Python's own library: so it takes a tenth of the memory that a process with Django takes.
Its plan comes as JSON through a pipe, since it holds the first password.
"""

import contextlib
import json
import os
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from .supervisor import Child, Supervisor


@dataclass(frozen=True)
class Plan:
    """What is to run, and what is said once the web server answers. `beat`: the file that the worker touches."""

    web: list[str]
    worker: list[str]
    folder: str
    beat: str
    host: str
    port: int
    address: str
    login: str

    @classmethod
    def read(cls, descriptor: int) -> "Plan":
        with os.fdopen(descriptor) as pipe:
            return cls(**json.load(pipe))

    def children(self) -> list[Child]:
        folder = Path(self.folder)
        return [Child("web", self.web, cwd=folder), Child("worker", self.worker, cwd=folder, beat=Path(self.beat))]


class Announcement:
    """Says once, as soon as the web server answers, where it is."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.is_made = False

    def __call__(self) -> None:
        if self.is_made or not self._answers():
            return
        self.is_made = True
        say(f"Gonets is at {self.plan.address}/   (stop: Ctrl-C)")
        if self.plan.login:
            say(self.plan.login)

    def _answers(self) -> bool:
        try:
            socket.create_connection((self.plan.host, self.plan.port), timeout=1).close()
        except OSError:
            return False
        return True


def say(event: str) -> None:
    with contextlib.suppress(OSError):  # the log stands on a full disk, or nobody listens: no reason to end
        sys.stdout.write(f"{time.strftime('%H:%M:%S')} {event}\n")
        sys.stdout.flush()


def main() -> None:
    plan = Plan.read(int(sys.argv[1]))
    Supervisor(plan.children(), say).run(Announcement(plan))


if __name__ == "__main__":
    main()
