"""Web and worker in one command, each started again when it ends."""

import errno
import fcntl
import json
import os
import socket
import sys
from dataclasses import asdict
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from notify_site.first_login import login_words

from ...serving.__main__ import Plan


class Command(BaseCommand):
    help = (
        "Runs the web server (LISTEN, PORT) and the worker, and starts either again when it ends. "
        "Stop: Ctrl-C or SIGTERM."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--show-login", action="store_true", help="print how to log in, too")

    def handle(self, *args: Any, show_login: bool = False, **options: Any) -> NoReturn:
        self._only_one()
        self._port_is_free()
        plan = plan_of(login_words() if show_login else "")
        connections.close_all()
        become_supervisor(plan)

    def _only_one(self) -> None:
        """Takes the lock of DATA_DIR for as long as this process lives. Raises CommandError when another has it."""
        lock = os.open(settings.DATA_DIR / "serve.lock", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise CommandError(
                f"Gonets already runs with the data in {settings.DATA_DIR}. Stop that one first."
            ) from error
        os.set_inheritable(lock, True)  # by the supervisor that this process becomes; its children close it

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


def plan_of(login: str) -> Plan:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.LISTEN, settings.LISTEN)
    shown = {"::": "127.0.0.1"}.get(settings.LISTEN, host)
    shown = f"[{shown}]" if ":" in shown else shown
    return Plan(
        web=[sys.executable, "-m", "notify_site.web"],
        worker=[sys.executable, "manage.py", "qcluster"],
        folder=str(settings.BASE_DIR),
        beat=str(settings.DATA_DIR / "worker.beat"),
        host=host,
        port=settings.PORT,
        address=settings.PUBLIC_URL or f"http://{shown}:{settings.PORT}",
        login=login,
    )


def become_supervisor(plan: Plan) -> NoReturn:
    """This process goes on as a program without Django."""
    reader, writer = os.pipe()
    os.write(writer, json.dumps(asdict(plan)).encode())
    os.close(writer)
    os.set_inheritable(reader, True)
    sys.stdout.flush()
    os.chdir(settings.BASE_DIR)
    os.execv(sys.executable, [sys.executable, "-m", "notify_site.serving", str(reader)])
