"""How long a command takes beside what nobody can beat: whole processes, A B A B, medians and their ratio.

    python bench/startup.py [--runs 15]

Prints one line per promise: the ratio measured and the limit. Nothing is asserted: machines differ.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).parent
EKOST = str(Path(sys.executable).with_name("ekost"))
PYTHON = sys.executable


def seconds(command: Sequence[str], environ: dict[str, str], before: Callable[[], None] | None = None) -> float:
    """Wall time of one whole process; a failure ends the benchmark."""
    if before is not None:
        before()
    start = time.perf_counter()
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return time.perf_counter() - start


def compare(
    name: str,
    limit: float,
    ours: Sequence[str],
    peer: Sequence[str],
    environ: dict[str, str],
    runs: int,
    before: Callable[[], None] | None = None,
) -> None:
    """One warm-up each, then in turn; the ratio of the medians against the limit."""
    seconds(ours, environ, before), seconds(peer, environ)
    pairs = [(seconds(ours, environ, before), seconds(peer, environ)) for _ in range(runs)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{name:<44} {mine * 1000:7.0f} ms {theirs * 1000:7.0f} ms  ratio {mine / theirs:5.2f}  limit {limit:4.2f}")


def main() -> None:
    """Measure in a home of its own, on the bundled servers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="ekost-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        home = {**os.environ, "EKOST_HOME": f"{folder}/home", "HOME": folder, "LC_ALL": "C.UTF-8"}
        home.pop("EKOST_DATABASE_URL", None)
        cold = seconds([EKOST, "demo"], home)
        print(f"{'cold: initdb, start, migrate, demo, overview':<44} {cold:7.1f} s   limit 10.0 s")
        try:
            _ratios(home, runs)
        finally:
            subprocess.run([EKOST, "down"], env=home, check=False, capture_output=True)


def _ratios(home: dict[str, str], runs: int) -> None:
    compare("--version against python -c pass", 2.0, [EKOST, "--version"], [PYTHON, "-c", "pass"], home, runs)
    compare("--help against import typer", 1.3, [EKOST, "--help"], [PYTHON, "-c", "import typer"], home, runs)
    asked = subprocess.run([EKOST, "status", "--url"], env=home, check=True, capture_output=True, text=True)
    url = asked.stdout.strip()
    direct = {**home, "EKOST_DATABASE_URL": url}
    tenants, bare = [EKOST, "tenant", "list"], [PYTHON, str(HERE / "bare_list.py")]
    compare("tenant list against a bare Typer app", 1.15, tenants, bare, direct, runs)

    def stop() -> None:
        subprocess.run([EKOST, "down"], env=home, check=True, capture_output=True)

    warm = [EKOST, "tenant", "list"]
    compare("warm start and list against list", 1.5, warm, warm, home, max(runs // 3, 3), before=stop)


if __name__ == "__main__":
    main()
