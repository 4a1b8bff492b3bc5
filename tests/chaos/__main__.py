"""`make chaos`: every variant with so many seeds, a line per run; status 1 when anything was lost or doubled.

Variables: CHAOS_VARIANTS (names, all by default), CHAOS_SEED (the first one), SEEDS (how many), CHAOS_SECONDS (a run).
"""

import os
import sys
import traceback

from tests.chaos.run import run
from tests.chaos.variants import VARIANTS


def main() -> int:
    """Run them all, whatever becomes of one."""
    names = os.environ.get("CHAOS_VARIANTS", "").split() or list(VARIANTS)
    first, count = int(os.environ.get("CHAOS_SEED") or 1), int(os.environ.get("SEEDS") or 1)
    seconds = float(os.environ.get("CHAOS_SECONDS") or 60)
    failed = 0
    for seed in range(first, first + count):
        for name in names:
            try:
                report = run(name, seed, seconds)
            except Exception:
                failed += 1
                traceback.print_exc()
            else:
                failed += bool(report.wrong)
                print(report.line(), *report.wrong[:20], sep="\n    ", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
