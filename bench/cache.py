"""What the cache gives and what it costs: whole commands without it and with it, A B A B, and single questions.

    python bench/cache.py [--runs 9]

In a home of its own with the demo's tenants, on the bundled servers; prints medians side by side. Nothing is asserted.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from db.cache.cache import Answer
from db.cache.fresh import fresh_of
from db.cache.keys import balance, tenant_list
from db.cache.opening import open_cache
from db.embedded.driver import ensure_postgres
from db.engine import Database, Limits
from db.repositories.balances import Balances
from db.repositories.lookup import find_tenant
from db.repositories.tenants import Tenants
from db.settings import load_settings

EKOST = str(Path(sys.executable).with_name("ekost"))
ON = {"EKOST_CACHE_URL": "bundled"}
Environ = dict[str, str]
# Of a question inside a process.
TIMES = 400


def run(words: str, environ: Environ) -> str:
    """What one command prints; a failure ends the benchmark."""
    return subprocess.run([EKOST, *words.split()], env=environ, check=True, capture_output=True, text=True).stdout


def seconds(work: Callable[[], object]) -> float:
    """Wall time."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def compare(name: str, runs: int, plain: Callable[[], object], kept: Callable[[], object], before: str = "") -> None:
    """In turn, each once to warm up; `before` is a command that is not counted, run before the kept one."""
    first, second = [], []
    for at in range(runs + 1):
        one = seconds(plain)
        if before:
            run(before, {**os.environ, **ON})
        two = seconds(kept)
        if at:
            first.append(one)
            second.append(two)
    a, b = (statistics.median(times) * 1000 for times in (first, second))
    print(f"{name:<44} {a:9.2f} ms {b:9.2f} ms  ratio {b / a:5.2f}")


def commands(runs: int) -> None:
    """Whole processes."""
    off, on = dict(os.environ), {**os.environ, **ON}
    run("tenant list", on)  # now it is known which book this is

    def both(name: str, words: str, before: str = "") -> None:
        compare(name, runs, lambda: run(words, off), lambda: run(words, on), before)

    both("tenant list, kept", "tenant list")
    both("room list --status available, kept", "room list --status available")
    both("balance show, kept", "balance show GALIH")
    both("tenant list, not kept yet", "tenant list", before="cache clear")
    both("payment add, which tells the cache", "payment add GALIH 1000")
    both("search, which is never kept", "search galih")
    with frozen(on):
        both("tenant list, server frozen", "tenant list")
    both("--version", "--version")


@contextmanager
def frozen(environ: Environ) -> Iterator[None]:
    """Stop the server of the cache for a while."""
    rows = json.loads(run("status -o json", environ))["items"]
    pid = next(int(row["pid"]) for row in rows if row["name"] == "valkey")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def questions(home: Path) -> None:
    """Inside one process with an open connection, as the screens have one."""
    os.environ.update(ON)
    settings = load_settings()
    database, cache = Database(ensure_postgres(home), Limits(pool_size=1)), open_cache(settings, lambda: home)
    assert cache is not None
    with database.reading() as conn:
        cache.memory.learn(fresh_of(conn))  # type: ignore[arg-type]
        who = find_tenant(conn, "GALIH").id

    def asked(read: Callable[[Balances | Tenants], object], kind: type[Balances] | type[Tenants]) -> Answer:
        with database.reading() as conn:
            return Answer(read(kind(conn)), fresh_of(conn))

    pairs = {
        "one balance, open connection": (balance(who, ()), lambda: asked(lambda q: q.row(who), Balances)),
        "a page of tenants, open connection": (
            tenant_list(None, None, ()),
            lambda: asked(lambda q: q.page().items, Tenants),
        ),
    }
    for name, (question, read) in pairs.items():

        def plain(kind: type[Balances] | type[Tenants] = Balances if "balance" in name else Tenants) -> None:
            with database.reading() as conn:
                kind(conn).row(who) if kind is Balances else kind(conn).page()

        compare(name, TIMES, plain, partial(cache.answer, question, read))
    cache.client.close()
    database.engine.dispose()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="ekost-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        for name in [name for name in os.environ if name.startswith("EKOST_")]:
            del os.environ[name]
        os.environ.update({"EKOST_HOME": f"{folder}/home", "HOME": folder, "LC_ALL": "C.UTF-8"})
        try:
            run("demo", dict(os.environ))
            run("up", dict(os.environ))
            print(f"{'':<44} {'without':>12} {'with':>12}")
            commands(runs)
            questions(Path(folder) / "home")
        finally:
            run("down", dict(os.environ))


if __name__ == "__main__":
    main()
