"""Web processes of the test's own site, and pages that listen to them as a browser does."""

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import threading
from typing import Any

from django.conf import settings
from django.test import Client

from tests.processes import Site, free_port, wait_until


def start_web(site: Site, **environment: str) -> int:
    """One more web process, as `serve` starts it; its port, once it answers."""
    port = free_port()
    with site.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "notify_site.web"],
            cwd=settings.BASE_DIR,
            env=site.environment(PORT=str(port), **environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    site.started.append(process)
    wait_until(lambda: _answers(port), "the web process answers")
    return port


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


class Stream:
    """An EventSource: what came as `events`, each {"id", "event", **data}."""

    def __init__(
        self, port: int, browser: Client | None = None, address: str = "/inbox/events/", last: int | None = None
    ) -> None:
        self.events: list[dict[str, Any]] = []
        self.beats = 0
        self.is_over = False
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Accept": "text/event-stream"}
        if browser is not None:
            headers["Cookie"] = f"sessionid={browser.cookies['sessionid'].value}"
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.connection.request("GET", address, headers=headers)
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        self.last = -1
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if self.answer.status == 200:
            wait_until(lambda: self.is_begun or self.is_over, "the stream has begun")

    @property
    def is_begun(self) -> bool:
        return self.last >= 0

    def _read(self) -> None:
        fields: dict[str, str] = {}
        try:
            for raw in self.answer:
                line = raw.decode().rstrip("\n")
                if line.startswith(":"):
                    self.beats += 1
                elif line:
                    name, _colon, value = line.partition(": ")
                    fields[name] = value
                else:
                    self._dispatch(fields)
                    fields = {}
        except (OSError, http.client.HTTPException, ValueError):
            pass
        self.is_over = True

    def _dispatch(self, fields: dict[str, str]) -> None:
        if "id" in fields:
            self.last = int(fields["id"])
        if "data" in fields:
            self.events.append({"id": self.last, "event": fields["event"], **json.loads(fields["data"])})

    def heard(self, kind: str = "message") -> list[dict[str, Any]]:
        return [one for one in self.events if one["event"] == kind]

    def wait_for(self, count: int, kind: str = "message") -> list[dict[str, Any]]:
        wait_until(lambda: len(self.heard(kind)) >= count, f"{count} times {kind}, heard {self.events}")
        return self.heard(kind)

    def close(self) -> None:
        """Go away, as a browser does."""
        with contextlib.suppress(OSError):  # the server was first
            self.socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(5)
        self.answer.close()
        self.connection.close()
        self.socket.close()
