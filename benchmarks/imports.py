"""How fast a file of orders is imported, fresh and again, beside django-import-export's bulk mode; and in what memory.

    python -m benchmarks.imports [--rows 20000] [--runs 3] [--no-memory]

On SQLite; with DATABASE_URL set to a PostgreSQL, on that one. Both work in a test database of their own. Every row is
validated (phone, e-mail, amount, date) and has a location, a client with two contacts and a stage change of its own.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import django
import psutil

MEGABYTE = 1024 * 1024
FLOORS = {"sqlite": (2.5, 10), "postgresql": (3.5, 10)}
GOALS = {"sqlite": (4, 20), "postgresql": (6, 20)}
MEMORY_FLOOR, MEMORY_GOAL = 20, 8  # MB from 20,000 to 200,000 rows
HEADERS = (
    "orderNumber;clientName;address;contactPhone;contactEmail;total;currency;paymentType;fulfilment;placedAt;"
    "promisedMinutes;comment"
)


def write_file(path: Path, rows: int) -> Path:
    """Orders as a Polish shop would export them: one in three phones in international form."""
    streets = ["Długa", "Krótka", "Leśna", "Polna", "Łąkowa"]
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADERS + "\n")
        for number in range(rows):
            digits = str(500_000_000 + number * 97 % 99_999_999)
            phone = f"+48{digits}" if number % 3 == 0 else f"{digits[:3]} {digits[3:6]} {digits[6:]}"
            file.write(
                f"N-{number};Klient {number};ul. {streets[number % 5]} {number}, Kraków;{phone};k{number}@example.com;"
                f"{number % 900},{number % 100:02};PLN;cash;delivery;{1 + number % 28:02}.03.2026 "
                f"{8 + number % 12:02}:15;45;uwaga {number % 7}\n"
            )
    return path


def clear() -> None:
    from django.apps import apps

    for name in (
        *("robots.RobotStep", "outbox.Message", "orders.StageChange", "orders.Order", "locations.ContactPoint"),
        *("locations.Location", "locations.Client"),
    ):
        model = apps.get_model(name)
        model._default_manager.all()._raw_delete(model._default_manager.db)


def import_ours(path: Path) -> None:
    from django.core.management import call_command

    with open(os.devnull, "w") as nothing:
        call_command("import_orders", str(path), stdout=nothing)


def seconds(work: Callable[[Path], None], path: Path) -> float:
    started = time.perf_counter()
    work(path)
    return time.perf_counter() - started


def compare(path: Path, rows: int, runs: int) -> None:
    """Interleaved: peer fresh, peer again, ours fresh, ours again, as often as `runs` says."""
    from django.db import connection

    from benchmarks.peers.import_export import import_file

    times: dict[str, list[float]] = {"peer fresh": [], "peer again": [], "ours fresh": [], "ours again": []}
    for _run in range(runs):
        for name, work in (("peer", import_file), ("ours", import_ours)):
            clear()
            times[f"{name} fresh"].append(seconds(work, path))
            times[f"{name} again"].append(seconds(work, path))
    for name, taken in times.items():
        rates = sorted(round(rows / one) for one in taken)
        print(f"  {name}: {statistics.median(rates):,.0f} rows/s  {rates}")
    for position, kind in enumerate(("fresh", "again")):
        pairs = zip(times[f"peer {kind}"], times[f"ours {kind}"], strict=True)
        ratio = statistics.median(peer / ours for peer, ours in pairs)
        floor, goal = FLOORS[connection.vendor][position], GOALS[connection.vendor][position]
        print(f"  {kind}: {ratio:.1f} times import-export's bulk mode; {verdict(ratio, floor, goal)}")


def verdict(ratio: float, floor: float, goal: float) -> str:
    return f"floor {floor} {'met' if ratio >= floor else 'MISSED'}, goal {goal} {'met' if ratio >= goal else 'missed'}"


def report_memory(folder: Path, runs: int = 1) -> None:
    """Peak memory of one import in a process of its own, for 20,000 and 200,000 rows."""
    peaks = {}
    for rows in (20_000, 200_000):
        write_file(folder / "orders.csv", rows)
        command = [sys.executable, "-m", "benchmarks.imports", "--peak", str(folder / "orders.csv")]
        peaks[rows] = min(float(subprocess.check_output(command, text=True).split()[-1]) for _run in range(runs))
    growth = peaks[200_000] - peaks[20_000]
    print(f"  peak memory: {peaks[20_000]:.0f} MB for 20,000 rows, {peaks[200_000]:.0f} MB for 200,000")
    floor, goal = ("met" if growth <= limit else "MISSED" for limit in (MEMORY_FLOOR, MEMORY_GOAL))
    print(f"  growth {growth:.1f} MB; floor {MEMORY_FLOOR} {floor}, goal {MEMORY_GOAL} {goal}")


def with_database(work: Callable[[], None]) -> None:
    """Django set up on a fresh test database, which is removed afterwards."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        work()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def peak(path: Path) -> None:
    """Print the most memory that the import itself held, in MB: sampled, since setting up the database takes more."""
    process, samples, is_over = psutil.Process(), [0.0], threading.Event()

    def sample() -> None:
        while not is_over.wait(0.02):
            samples[0] = max(samples[0], process.memory_info().rss / MEGABYTE)

    sampler = threading.Thread(target=sample)
    sampler.start()
    import_ours(path)
    is_over.set()
    sampler.join()
    print(samples[0])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--no-memory", action="store_true")
    options.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["DATA_DIR"] = name
        os.environ["DJANGO_SETTINGS_MODULE"] = "notify_site.settings"
        os.environ["DEBUG"] = "0"
        from django.conf import settings

        settings.DATABASES["default"].setdefault("TEST", {"NAME": None})
        if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
            settings.DATABASES["default"]["TEST"] = {"NAME": folder / "bench.sqlite3"}
        django.setup()
        if given.peak:
            with_database(lambda: peak(given.peak))
            return
        from django.db import connection

        print(f"import of {given.rows:,} rows, {connection.vendor}")
        with_database(lambda: compare(write_file(folder / "orders.csv", given.rows), given.rows, given.runs))
        if not given.no_memory:
            report_memory(folder)


if __name__ == "__main__":
    main()
