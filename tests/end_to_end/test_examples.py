"""Every example of every help page runs as it stands, on the demo kos."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from ekost_cli.examples import all_examples, all_verbs
from ekost_cli.grammar import Takes
from tests.end_to_end.conftest import Run

VERBS = dict(all_verbs())
EXAMPLES = list(all_examples())


def keeps_something(path: str, words: list[str]) -> bool:
    """Whether an example changes the book."""
    return (Takes.DRY_RUN in VERBS[path].takes or path.startswith(("import ", "demo"))) and "--dry-run" not in words


CHANGES = [(path, words) for path, words in EXAMPLES if keeps_something(path, words)]
LOOKS = [(path, words) for path, words in EXAMPLES if not keeps_something(path, words)]


def line(example: tuple[str, list[str]]) -> str:
    return " ".join(example[1])


def facts(url: str) -> int:
    """How many events the book has seen."""
    engine = create_engine(url)
    with engine.connect() as conn:
        found = int(conn.execute(text("select count(*) from events")).scalar_one())
    engine.dispose()
    return found


@pytest.mark.parametrize("example", LOOKS, ids=line)
def test_an_example_that_looks_or_tries_changes_nothing(
    example: tuple[str, list[str]],
    demo: str,
    surroundings: Callable[[str], None],
    ekost: Run,
    capfd: pytest.CaptureFixture[str],
) -> None:
    surroundings(demo)
    before = facts(demo)
    status = ekost(example[1])
    assert (status, "error" in capfd.readouterr().err) == (0, False)
    assert facts(demo) == before


@pytest.mark.parametrize("example", CHANGES, ids=line)
def test_an_example_that_changes_the_book_does_what_it_says(
    example: tuple[str, list[str]], own_copy: str, surroundings: Callable[[str], None], ekost: Run
) -> None:
    surroundings(own_copy)
    assert ekost(example[1]) == 0
    assert ekost(["check"]) == 0
