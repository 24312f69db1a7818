"""All measurements, or one, on SQLite and on PostgreSQL, and at the end one table: what was found, met or missed.
It is put into docs/figures.md, too.

python -m benchmarks            all, in at most 15 minutes: some with less data than when they run alone
python -m benchmarks imports    one, in full
"""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from benchmarks.figures import write

MOST_SECONDS = 15 * 60  # for all of them together; one alone may take as long as it likes
ENDING_SECONDS = 15  # for one that is stopped to put its servers away
FOLDER = Path(__file__).resolve().parent
DATABASES = {"SQLite": [], "PostgreSQL": ["-m", "tests.postgres", "--", sys.executable]}
SHORTER = {
    "claiming": ["--waiting", "200000"],
    "imports": ["--rows", "10000", "--runs", "1", "--no-memory"],
    "inbox_lists": ["--conversations", "20000", "--rounds", "30"],
    "lists": ["--orders", "100000", "--rounds", "3"],
    "live": ["--messages", "30"],
    "pace": ["--messages", "150"],
}


def run(name: str, database: str, options: list[str], seconds: float | None) -> list[str]:
    """Run one measurement, show what it says, return its verdicts; stopped, with all it started, after `seconds`."""
    print(f"== {name}, {database} {' '.join(options)}", flush=True)
    command = [sys.executable, *DATABASES[database], "-m", f"benchmarks.{name}", *options]
    verdicts = []
    with subprocess.Popen(
        command, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        timers = [threading.Timer(after, os.killpg, (process.pid, how)) for after, how in _stops(seconds)]
        for timer in timers:
            timer.start()
        for line in process.stdout:
            print(line, end="", flush=True)
            if "floor" in line:
                verdicts.append(" ".join(line.split()))
        is_broken = process.wait() != 0
        for timer in timers:
            timer.cancel()
    return [*verdicts, "not finished"] if is_broken else verdicts


def _stops(seconds: float | None) -> list[tuple[float, signal.Signals]]:
    if seconds is None:
        return []
    return [(seconds, signal.SIGINT), (seconds + ENDING_SECONDS, signal.SIGKILL)]


def main() -> int:
    chosen = sys.argv[1:]
    names = chosen or sorted(path.stem for path in FOLDER.glob("[a-z]*.py") if path.stem != "figures")
    ends_at = time.monotonic() + MOST_SECONDS
    table = []
    runs = [(name, database) for name in names for database in DATABASES]
    for number, (name, database) in enumerate(runs):
        share = None if chosen else 2 * (ends_at - time.monotonic()) / (len(runs) - number + 1)  # some are quicker
        verdicts = run(name, database, [] if chosen else SHORTER.get(name, []), share)
        table += [(name, database, verdict) for verdict in verdicts]
    print("\nbench        database    figure; floor, goal")
    for name, database, verdict in table:
        print(f"{name:12} {database:11} {verdict}")
    write([line for line in table if line[2] != "not finished"])
    return any("not finished" in verdict for _name, _database, verdict in table)


if __name__ == "__main__":
    sys.exit(main())
