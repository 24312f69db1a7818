"""All measurements, or one, on SQLite and on PostgreSQL, and at the end one table: what was found, met or missed.

python -m benchmarks [imports]
"""

import subprocess
import sys
import time
from pathlib import Path

MOST_SECONDS = 15 * 60  # for all of them; what does not fit any more is named
FOLDER = Path(__file__).resolve().parent
DATABASES = {"SQLite": [], "PostgreSQL": ["-m", "tests.postgres", "--", sys.executable]}


def run(name: str, database: str, seconds: float) -> list[str]:
    """Run one measurement, show what it says, and return its verdicts; stopped when the time is over."""
    print(f"== {name}, {database}", flush=True)
    command = [sys.executable, *DATABASES[database], "-m", f"benchmarks.{name}"]
    with subprocess.Popen(command, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True) as process:
        ends_at = time.monotonic() + seconds
        verdicts = []
        for line in process.stdout:
            print(line, end="", flush=True)
            if "floor" in line:
                verdicts.append(" ".join(line.split()))
            if time.monotonic() > ends_at:
                process.terminate()
        if process.wait():
            verdicts.append("not finished")
    return verdicts


def main() -> int:
    names = sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
    ends_at = time.monotonic() + MOST_SECONDS
    table = []
    for name in names:
        for database in DATABASES:
            left = ends_at - time.monotonic()
            verdicts = run(name, database, left) if left > 0 else ["no time was left"]
            table += [(name, database, verdict) for verdict in verdicts]
    print("\nbench        database    figure; floor, goal")
    for name, database, verdict in table:
        print(f"{name:12} {database:11} {verdict}")
    return any("not finished" in verdict for _name, _database, verdict in table)


if __name__ == "__main__":
    sys.exit(main())
