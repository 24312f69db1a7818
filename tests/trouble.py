"""Trouble that is no kill, for the kill harness: a host whose clock is wrong, a disk that is full for some seconds, a
provider whose answers come late, who asks to slow down, and whose list of messages lags behind.
"""

import os
import subprocess
import threading
from pathlib import Path
from types import TracebackType

from tests.gateways.twilio_listing import Listing
from tests.gateways.twilio_moods import Moods
from tests.gateways.twilio_server import TwilioServer

LATE_SHARE = 0.01  # of the provider's answers come after LATE_SECONDS, when the gateway waits no more
LATE_SECONDS = 3
BUSY_SHARE = 0.005  # of the requests are answered by 429, with BUSY_SECONDS to wait
BUSY_SECONDS = 1
QUEUE_SECONDS = 2  # from taking a message to sending it, which dates it
LIST_LAG = 5  # seconds until a message is listed, by chance up to so many
LOOK_UP_DELAYS = "3,12,20,40"  # the first one comes before a late message is listed, the second one surely after that
CLOCK_AHEAD = 3  # seconds
LIBRARIES = (
    "/usr/lib/*/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
    "/usr/local/lib/faketime/*.1",
)
FIRST_FULL = 6  # seconds after the start
FULL_SECONDS = 4
FULL_EVERY = 20
MEGABYTE = bytes(1024 * 1024)
POSTGRES_DISK = "GONETS_POSTGRES_DISK"  # set by tests/postgres.py when the server's data stands on a small disk


def wrong_clock() -> dict[str, str]:
    """The environment in which a program believes that it is 3 s later; {} where libfaketime is not installed.

    Only the time of day is wrong: intervals are as long as they are.
    """
    found = [path for pattern in LIBRARIES for path in sorted(Path("/").glob(pattern.lstrip("/")))]
    if not found:
        return {}
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME": f"+{CLOCK_AHEAD}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(Path(__file__).parent / "wrong_clock"),
    }


def moody_provider(seed: int) -> TwilioServer:
    """Lists as Twilio documents it; which messages without a date stand first is not documented."""
    moods = Moods(late_share=LATE_SHARE, late_seconds=LATE_SECONDS, busy_share=BUSY_SHARE, seed=seed)
    listing = Listing(lag=LIST_LAG, queue_seconds=QUEUE_SECONDS, undated_first=bool(seed % 2))
    return TwilioServer(delay=0.05, retry_after=str(BUSY_SECONDS), moods=moods, listing=listing)


class SmallDisk:
    """A tmpfs at `folder` while the context lasts; `problem` says why there is none."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self.megabytes = megabytes
        self.problem = ""

    def __enter__(self) -> "SmallDisk":
        options = f"size={self.megabytes}m,mode=700"
        try:
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", options, "gonets", str(self.folder)],
                check=True,
                capture_output=True,
                text=True,
            )
        except FileNotFoundError:
            self.problem = "there is no mount command"
        except subprocess.CalledProcessError as error:
            self.problem = error.stderr.strip().splitlines()[0]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.problem:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)


class Filler(threading.Thread):
    """Fills disks to the last byte now and then, and gives the space back after some seconds."""

    def __init__(self, folders: list[Path]) -> None:
        super().__init__(daemon=True)
        self.ballast = [folder / "ballast" for folder in folders]
        self.times = 0
        self.is_over = threading.Event()

    def run(self) -> None:
        wait = FIRST_FULL
        while self.ballast and not self.is_over.wait(wait):
            wait = FULL_EVERY
            for path in self.ballast:
                fill(path)
            self.times += 1
            self.is_over.wait(FULL_SECONDS)
            self.free()

    def free(self) -> None:
        for path in self.ballast:
            path.unlink(missing_ok=True)

    def stop(self) -> None:
        self.is_over.set()
        self.join()
        self.free()


def fill(path: Path) -> None:
    """Take every byte that is left on the disk, also those that others give back while this goes on."""
    with path.open("wb", buffering=0) as file:
        for size in (len(MEGABYTE), 4096, 512, 1):
            try:
                while True:
                    file.write(MEGABYTE[:size])
            except OSError:
                continue


def disks(own: SmallDisk) -> list[Path]:
    """Those that may be filled: the hosts', and PostgreSQL's if it has a small one."""
    found = [] if own.problem else [own.folder]
    return [*found, *(Path(one) for one in [os.environ.get(POSTGRES_DISK, "")] if one)]
