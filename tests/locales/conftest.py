"""Every test of this folder starts in English and leaves the language as it found it."""

from collections.abc import Iterator

import pytest

from locales import catalogs


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    before = catalogs.current_language()
    catalogs.set_language("en")
    yield
    catalogs.set_language(before)


@pytest.fixture
def indonesian() -> None:
    catalogs.set_language("id")
