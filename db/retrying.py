"""Trying again what the database refused only because others were at work: bounded, and at moments left to chance.

Without chance, those who got in each other's way once would do so again; without a bound nobody would ever be told.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from db.errors import EkostError

T = TypeVar("T")
# Attempts at one transaction.
TRIES = 5
# The longest first pause in seconds; each one more is twice as long, all together at most 1.5 s.
PAUSE = 0.1


def again(work: Callable[[], T], may: Callable[[EkostError], bool] = lambda error: error.may_repeat) -> T:
    """Do the work, which is one whole transaction; once more where a deadlock or a serialization failure ended it.

    Nothing of a transaction that was ended so is kept, so that it is safe for money too. `may` says of another error
    whether the work can begin from its beginning. Raises what the last of TRIES attempts raises.
    """
    for attempt in range(TRIES - 1):
        try:
            return work()
        except EkostError as error:
            if not may(error):
                raise
        time.sleep(_chance() * PAUSE * 2**attempt)
    return work()


def _chance() -> float:
    from random import uniform  # noqa: PLC0415 - only where somebody was in the way

    return uniform(0.5, 1)  # noqa: S311 - no secret
