"""What the texts of a language weigh in memory, and how long they take to load."""

import gettext
from functools import cache
from sys import getsizeof
from time import perf_counter
from typing import NamedTuple

from locales.catalogs import FOLDER, LANGUAGES, load


class Weight(NamedTuple):
    """Bytes in memory and seconds until they were there; 0 bytes where there is no catalog."""

    language: str
    bytes: int
    seconds: float


@cache
def weights() -> tuple[Weight, ...]:
    """Every language, loaded once more for it; asked again, the same."""
    return tuple(_weigh(language) for language in LANGUAGES)


def _weigh(language: str) -> Weight:
    begun = perf_counter()
    texts = load(FOLDER / language / "LC_MESSAGES")
    taken = perf_counter() - begun
    if not isinstance(texts, gettext.GNUTranslations):
        return Weight(language, 0, taken)
    known: dict[object, str] = vars(texts)["_catalog"]  # nothing else tells
    return Weight(language, getsizeof(known) + sum(getsizeof(a) + getsizeof(b) for a, b in known.items()), taken)
