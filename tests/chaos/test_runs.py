"""Whatever is killed, cut off or emptied while people pay and import: nothing is lost, nothing is there twice."""

import os
import random

import pytest

from tests.chaos.run import plan, run
from tests.chaos.variants import VARIANTS

SEED = int(os.environ.get("CHAOS_SEED") or 1)
SECONDS = float(os.environ.get("CHAOS_SECONDS") or 60)


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_is_lost_or_doubled(variant: str) -> None:
    report = run(variant, SEED, SECONDS)
    print(report.line())
    assert report.wrong == [], report.line()
    assert report.acknowledged > 0


def test_a_seed_makes_the_same_plan_again() -> None:
    first, again, other = (plan(VARIANTS["mixed"], random.Random(seed), 60) for seed in (1, 1, 2))
    assert first == again != other
    assert 20 < len(first) < 80
