"""Real processes for tests: `manage.py` commands that work on the test's own database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from types import TracebackType
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.db import connection


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_until(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Look every 0.1 s. Raises AssertionError, saying `what`, when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"After {seconds} s still not: {what}"
        time.sleep(0.1)


def database_url() -> str:
    """The address of the database that this test uses, for other processes."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


class Site:
    """Starts processes of this site and ends them; what they say is in DATA_DIR/processes.log."""

    def __init__(self) -> None:
        self.port = free_port()
        self.started: list[subprocess.Popen[bytes]] = []
        self.log = settings.DATA_DIR / "processes.log"
        self.log.write_text("")

    def environment(self, **more: str) -> dict[str, str]:
        own = {
            "DJANGO_SETTINGS_MODULE": "notify_site.settings",
            "DATA_DIR": str(settings.DATA_DIR),
            "DATABASE_URL": database_url(),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **own, **more}

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start `manage.py <command>` in a session of its own and go on."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "manage.py", *command],
                cwd=settings.BASE_DIR,
                env=self.environment(**environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def run(self, *command: str, seconds: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `manage.py <command>` to its end; the caller looks at its returncode, stdout and stderr."""
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def said(self) -> str:
        """All that the started processes have printed so far."""
        return self.log.read_text(errors="replace")

    def __enter__(self) -> "Site":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.started:
            kill_tree(process.pid)
            process.wait()
        if error is not None:
            print(self.said())


def descendants(pid: int) -> list[psutil.Process]:
    """The processes that this one started, and theirs; none when it is gone."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a zombie only waits for its parent."""
    alive = []
    for process in processes:
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                alive.append(process)
        except psutil.NoSuchProcess:
            continue
    return alive


def kill_tree(pid: int) -> None:
    for process in descendants(pid):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
