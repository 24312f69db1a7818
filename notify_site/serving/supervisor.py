"""Keeps processes running: starts each again when it ends or shows no sign of life, and takes all down together.

Each child leads a session of its own. A stop goes to the leaders only, since a worker pool must end in order; whatever
is left of a group is killed before its leader is started anew. On Linux children die with the supervisor, even when it
is killed with -9.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

FIRST_PAUSE = 0.5  # seconds before a process that ended is started again; doubled each time
LONGEST_PAUSE = 30.0
CALM_AFTER = 5.0  # seconds of life after which the pause is short again: it had done some work
GRACE = 20.0  # seconds after the start in which no sign of life is asked for
SILENCE = 30.0  # seconds without a sign of life; a write on SQLite may wait for 20
STOP_WITHIN = 30.0  # seconds to end in order
TICK = 0.2
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with(parent: int) -> None:
    """Runs in the child before its program starts: ask Linux to kill it when the supervisor is gone."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


class Child:
    """One process that should always run. `beat`: a file that it touches at least every few seconds."""

    def __init__(self, name: str, command: Sequence[str], *, cwd: Path, beat: Path | None = None) -> None:
        self.name = name
        self.command = list(command)
        self.cwd = cwd
        self.beat = beat
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.last_mark = 0.0
        self.marked_at = 0.0
        self.start_again_at = float("-inf")
        self.pause = FIRST_PAUSE

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> subprocess.Popen[bytes]:
        parent = os.getpid()
        self.process = subprocess.Popen(
            self.command,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: _die_with(parent),
        )
        self.started_at = time.monotonic()
        return self.process

    def silence(self) -> float:
        """Seconds since the last sign of life; 0 when none is asked for, or not yet."""
        if self.beat is None:
            return 0.0
        mark = self.beat.stat().st_mtime if self.beat.exists() else 0.0
        if mark != self.last_mark:  # compared with itself only: the clock may be set while we run
            self.last_mark, self.marked_at = mark, time.monotonic()
        if time.monotonic() - self.started_at < GRACE:
            return 0.0
        return time.monotonic() - max(self.marked_at, self.started_at)

    def look(self) -> str:
        """Start, or start again, if need be. Returns what happened in words, empty when nothing did."""
        if self.process is None:
            if time.monotonic() < self.start_again_at:
                return ""
            return f"{self.name} started (process {self.start().pid})"
        silence = self.silence()
        if self.is_running and silence <= SILENCE:
            return ""
        if self.is_running:
            what = f"{self.name} showed no sign of life for {silence:.0f} s and was stopped"
        else:
            what = f"{self.name} ended ({_ending(self.process.returncode)})"
        self.kill()
        if time.monotonic() - self.started_at > CALM_AFTER:
            self.pause = FIRST_PAUSE
        self.start_again_at = time.monotonic() + self.pause
        what += f"; it starts again in {self.pause:g} s"
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        self.process = None
        return what

    def ask_to_stop(self) -> None:
        if self.is_running and self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """Kill whatever is left of the group, its leader too."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):  # nothing is left
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _ending(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"


class Supervisor:
    """Looks after its children until SIGTERM, SIGINT or SIGHUP; a second signal does not wait for them."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None]) -> None:
        self.children = children
        self.say = say
        self.signals = 0

    def run(self, on_tick: Callable[[], None]) -> None:
        """Until a signal comes. `on_tick` is called several times a second."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._count)
        try:
            while not self.signals:
                for child in self.children:
                    if event := child.look():
                        self.say(event)
                on_tick()
                time.sleep(TICK)
        finally:
            self._stop()

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.signals += 1

    def _stop(self) -> None:
        self.say("stopping")
        asked = self.signals
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN
        while (
            any(child.is_running for child in self.children) and time.monotonic() < deadline and self.signals == asked
        ):
            time.sleep(TICK)
        for child in self.children:
            if child.is_running:
                self.say(f"{child.name} did not stop by itself and was killed")
            child.kill()
        self.say("stopped")
