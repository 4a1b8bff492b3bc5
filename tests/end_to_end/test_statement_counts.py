"""Every list and every page asks as many questions of a large book as of a small one: nothing is asked row by row."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, make_url, text

from db.demo.large import load_demo
from db.engine import Database
from db.repositories.lookup import find_room, find_tenant
from db.services.charges import post_charge
from db.services.deposits import add_deposit
from db.services.inventory import add_item
from db.services.notes import add_note
from db.services.payments import record_payment
from ekost_cli.examples import all_verbs
from ekost_cli.grammar import Takes
from ekost_cli.main import run
from locales.catalogs import set_language
from tests.conftest import clone, command
from tests.end_to_end.kos import ENVIRONMENT
from tests.end_to_end.test_examples import YEAR

# Tenants; the second book goes on behind a page of 50, and so does what is known of BUDI and of room A1.
FEW, MANY, MORE = 10, 120, 60
# What is not about the book, or goes through all of it in pieces.
ELSEWHERE = {
    "tui", "demo", "up", "down", "status", "worker", "doctor", "help", "check", "audit verify", "db migrate", "db fold",
    "db slow", "db backup", "db verify", "db restore", "db forget", "jobs show",
    "export book", "export journal", "report forecast",
}  # fmt: skip
ELSEWHERE_NOUNS = {"config", "completion", "cache", "health", "alerts", "metrics"}

LOOKS = sorted(
    verb.examples[0].removeprefix("ekost ")
    for path, verb in all_verbs()
    if Takes.DRY_RUN not in verb.takes and path not in ELSEWHERE and path.split()[0] not in ELSEWHERE_NOUNS
)
# What the examples look at, and the demo has not.
BEFORE = ("raise add 5% --from 2031-01-01 --property KOSA", "receipt print 10")
Counts = dict[str, Counter[str]]


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """What is asked of any database in the block, and how often."""
    asked: Counter[str] = Counter()

    def note(conn: Connection, _cursor: object, statement: str, *_more: object) -> None:
        asked[statement] += 1
        engines.add(conn.engine)

    engines: set[Engine] = set()
    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        for engine in engines:  # a process of its own would end here
            engine.dispose()


def carried_out(*words: str) -> tuple[int, Counter[str]]:
    """How a command line ended in this process, and what it asked."""
    with counted() as asked:
        return run([*words, "-q"]), asked


def counts_of(lines: list[str]) -> Counts:
    """What each of these command lines asks, when nothing is left to catch up with."""
    for words in (("worker", "--once"), ("balance", "list")):
        assert carried_out(*words)[0] == 0
    found: Counts = {}
    for line in lines:
        status, found[line] = carried_out(*line.split(), "-o", "json")
        assert status == 0, line
    return found


def grow(database: Database, folder: Path) -> None:
    """More of everything there is."""
    load_demo(database, MANY, lambda there, wanted: None)
    with database.transaction() as conn:
        budi, room = find_tenant(conn, "BUDI"), find_room(conn, "KOSA/A1")
        for number in range(MORE):
            record_payment(conn, budi, Decimal(1000 + number))
            post_charge(conn, budi, Decimal(1000 + number), "other")
            add_deposit(conn, budi, Decimal(1000))
            add_note(conn, budi, f"note {number}")
            add_note(conn, room, f"note {number}")
            add_item(conn, room, f"chair {number}")
    for number in range(2):
        assert import_rows(folder / f"more-{number}.csv", MORE) == 6


def import_rows(file: Path, count: int) -> int:
    """Import payments of which each second one is of nobody."""
    rows = [f"{('BUDI', 'NOBODY')[n % 2]},{1000 + n},2026-09-01" for n in range(count)]
    file.write_text("\n".join(["tenant,amount,date", *rows, file.name]))
    return carried_out("import", "payments", str(file), "--property", "KOSA")[0]


@pytest.fixture(scope="module")
def both(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Counts, Counts]]:
    """What is asked of the book of the demo, and when it has grown."""
    url, folder = clone(server_url, template), tmp_path_factory.mktemp("counts")
    database = Database(url)
    load_demo(database, FEW, lambda there, wanted: None)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (ENVIRONMENT | {"EKOST_DATABASE_URL": url, "HOME": str(folder)}).items():
            patch.setenv(name, value)
        assert import_rows(folder / "first.csv", 4) == 6
        for words in BEFORE:
            assert carried_out(*words.split())[0] == 0, words
        with database.transaction() as conn:
            conn.execute(text(YEAR))
        small = counts_of(LOOKS)
        grow(database, folder)
        yield small, counts_of(LOOKS)
    set_language("en")
    command(server_url, f'drop database "{make_url(url).database}" with (force)')


@pytest.mark.parametrize("line", LOOKS)
def test_a_command_asks_the_same_of_a_large_book(both: tuple[Counts, Counts], line: str) -> None:
    small, large = (counts[line] for counts in both)
    more = {statement: (small[statement], times) for statement, times in large.items() if times > small[statement]}
    assert 0 < large.total() <= small.total(), more
    # Not even once more: a transaction begins in the same words, and one is for the schema.
    assert {times for statement, times in large.items() if not statement.startswith("set ")} == {1}
