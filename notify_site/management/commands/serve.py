"""Web and worker in one command, each started again when it ends."""

import contextlib
import errno
import fcntl
import socket
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from notify_site.first_login import login_words

from ...serving.supervisor import Child, Supervisor


class Command(BaseCommand):
    help = (
        "Runs the web server (LISTEN, PORT) and the worker, and starts either again when it ends. "
        "Stop: Ctrl-C or SIGTERM."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--show-login", action="store_true", help="print how to log in, too")

    def handle(self, *args: Any, show_login: bool = False, **options: Any) -> None:
        lock = self._only_one()
        self._port_is_free()
        words = login_words() if show_login else ""
        connections.close_all()
        supervisor = Supervisor([self._web(), self._worker()], self._say)
        with lock:
            supervisor.run(Announcement(self._say, words))

    def _say(self, event: str) -> None:
        with contextlib.suppress(OSError):  # the log stands on a full disk, or nobody listens: no reason to end
            self.stdout.write(f"{time.strftime('%H:%M:%S')} {event}")
            self.stdout.flush()

    def _only_one(self) -> Any:
        """The lock of DATA_DIR, held as long as this process lives. Raises CommandError when another has it."""
        lock = (settings.DATA_DIR / "serve.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise CommandError(
                f"Gonets already runs with the data in {settings.DATA_DIR}. Stop that one first."
            ) from error
        return lock

    def _port_is_free(self) -> None:
        family = socket.AF_INET6 if ":" in settings.LISTEN else socket.AF_INET
        try:
            socket.create_server((settings.LISTEN, settings.PORT), family=family).close()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"Port {settings.PORT} is busy: another program listens there. Choose one: PORT=8001 make run"
                ) from error
            raise CommandError(
                f"Cannot listen at {settings.LISTEN}, port {settings.PORT}: {error.strerror}."
            ) from error

    def _web(self) -> Child:
        return Child("web", [sys.executable, "-m", "notify_site.web"], cwd=settings.BASE_DIR)

    def _worker(self) -> Child:
        beat: Path = settings.DATA_DIR / "worker.beat"
        return Child("worker", [sys.executable, "manage.py", "qcluster"], cwd=settings.BASE_DIR, beat=beat)


class Announcement:
    """Says once, as soon as the web server answers, where it is."""

    def __init__(self, say: Any, login: str) -> None:
        self.say = say
        self.login = login
        self.is_made = False

    def __call__(self) -> None:
        if self.is_made or not self._answers():
            return
        self.is_made = True
        host = "127.0.0.1" if settings.LISTEN in {"0.0.0.0", "::"} else settings.LISTEN
        host = f"[{host}]" if ":" in host else host
        self.say(f"Gonets is at {settings.PUBLIC_URL or f'http://{host}:{settings.PORT}'}/   (stop: Ctrl-C)")
        if self.login:
            self.say(self.login)

    def _answers(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.LISTEN, settings.LISTEN)
        try:
            socket.create_connection((host, settings.PORT), timeout=1).close()
        except OSError:
            return False
        return True
