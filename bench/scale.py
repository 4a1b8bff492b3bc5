"""Whether the book of 100,000 tenants and ten million payments is quick: every promise, beside what limits it.

    python -m bench.scale --home /tmp/scale/home [--tenants 100000] [--months 100] [--only pages search ...]

Makes the book first, or goes on making it (see bench/big_book.py), and leaves the server running. Prints ours, the
peer, their ratio and what is wanted, all taken in turn in one run. Nothing is asserted: machines differ.
"""

import argparse
import os
import platform
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bench import peers, reading, writing
from bench.big_book import furnish, open_home
from bench.gauge import heading, note
from db.engine import Database


def main() -> None:
    """Measure in the home that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--tenants", type=int, default=100_000)
    parser.add_argument("--months", type=int, default=100)
    parser.add_argument("--runs", type=int, default=31)
    parser.add_argument("--only", nargs="*", default=[])
    wanted = parser.parse_args()
    database = open_home(wanted.home)
    furnish(database, wanted.tenants, wanted.months)
    print(f"{datetime.now().astimezone():%d %B %Y %H:%M}, {platform.machine()}, {os.cpu_count()} cores")
    heading()
    for name, work in works(database, wanted).items():
        if not wanted.only or name in wanted.only:
            note(f"{name}: load average {os.getloadavg()[0]:.1f}")
            work()


def works(database: Database, wanted: argparse.Namespace) -> dict[str, Callable[[], None]]:
    """What is measured, by its name; what writes comes last."""
    runs, home = wanted.runs, wanted.home
    return {
        "pages": lambda: reading.measure_pages(database, runs),
        "fresh": lambda: reading.measure_fresh(database, runs),
        "tenant": lambda: reading.measure_tenant(database),
        "search": lambda: reading.measure_search(database),
        "peers": lambda: peers.measure_ledgers(database, home),
        "refresh": lambda: writing.measure_refresh(database),
        "billing": lambda: writing.measure_billing(database),
        "growth": lambda: writing.measure_growth(database, 1_000, wanted.tenants * 10),
        "workers": lambda: writing.measure_workers(database, home),
    }


if __name__ == "__main__":
    main()
