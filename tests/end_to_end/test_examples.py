"""Every example of every help page runs as it stands, by somebody who has made the demo kos."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

from db.demo.small import load_small_demo
from db.domain.bank.formats import read_statement
from db.domain.raises import Change
from db.embedded import driver
from db.engine import Database
from db.errors import ExitCode
from db.repositories.lookup import find_property
from db.services.bank.matching import ignore_line
from db.services.bank.statements import bring_statement
from db.services.imports.run import run_import
from db.services.imports.staging import Request, stage_file
from db.services.raises import raise_rents
from db.services.receipts import print_receipt
from ekost_cli.examples import all_examples, all_verbs
from ekost_cli.grammar import Takes
from ekost_cli.main import run
from jobs.drain import drain
from tests.conftest import clone, command, quick_place

VERBS = dict(all_verbs())
Example = tuple[str, list[str]]
Play = Callable[[str, list[str]], int]

# What must be there for an example to make sense, and is not in the demo.
FIRST = {
    "property archive": ["property", "add", "KOSC", "Kos Mawar"],
    "db attach": ["db", "detach", "payments_2021", "--yes"],
}
# One delivery is not made, so that it can die.
LEFT_OVER = "update deliveries set not_before = '2099-01-01' where event_id = 1 and consumer = 'audit'"
DIES = "update deliveries set state = 'dead' where event_id = 1 and consumer = 'audit'"
# The receipt that the examples name, in whatever year this is.
YEAR = """alter table receipts disable trigger append_only; update receipts set year = 2026;
          update receipt_numbers set year = 2026; alter table receipts enable trigger append_only"""
# What must have happened to the book for a word to make sense.
BEFOREHAND = {"audit-1": DIES}
# The files that the examples import, as somebody has them at hand.
FILES = {
    "payments.csv": "penyewa,jumlah,tanggal,metode,referensi\nBUDI,250000,2026-02-01,transfer,TRX-901\n",
    "bank.csv": "tanggal;penyewa;jumlah\n01/02/2026;BUDI;1.250.000,00\n",
    "tenants.csv": "nama,hp,properti\nDewi Kartika,0812-3456-7000,KOSA\n",
    "statement.csv": "Periode,01/02/2026 - 28/02/2026\nTanggal,Keterangan,Cabang,Jumlah,Saldo\n"
    "'02/02,TRSF CR BUDI SANT,'0000,1250000.00,CR,2250000.00\n'03/02,BIAYA ADM,'0000,17000.00,DB,2233000.00\n",
    "meters.txt": "kamar meter\nA1 1327.8\nA2;903.5\n",
    "rooms.csv": "nomor,sewa,tipe,properti\nZ9,1500000,AC,KOSA\n",
}
# What works until it is told to end, and what tells by its status that it found something: the failed import.
ENDS_NEVER = ("worker", "metrics serve")
FINDS = ("alerts check",)
# A book is brought into an empty database: tests/end_to_end/test_transfer.py does that.
# Somebody else confirms what one has written down: tests/end_to_end/test_cash.py does that.
ELSEWHERE = ("import book", "cash confirm")


def keeps_something(example: Example) -> bool:
    """Whether an example changes the book."""
    path, words = example
    writes = Takes.DRY_RUN in VERBS[path].takes or path == "demo" or path.startswith("import ")
    return (writes and "--dry-run" not in words) or path in ENDS_NEVER or "--worker" in words


def stays(example: Example) -> bool:
    """Whether an example leaves somebody at work."""
    path, words = example
    return (path in ENDS_NEVER and "--once" not in words) or "--worker" in words


def line(example: Example) -> str:
    return " ".join(example[1])


CHANGES = [
    example
    for example in all_examples()
    if keeps_something(example) and not stays(example) and example[0] not in ELSEWHERE
]
BACKUPS = ("db backup", "db verify", "db restore", "db forget")
ENDLESS = [example for example in all_examples() if stays(example)]
# The screens need a terminal: tests/tui plays their examples there.
CACHES = [example for example in all_examples() if example[0].startswith("cache ")]
LOOKS = [
    example
    for example in all_examples()
    if not keeps_something(example) and example not in CACHES and example[0] not in ("tui", *BACKUPS, *ELSEWHERE)
]


@pytest.fixture(scope="module")
def servers() -> Iterator[Path]:
    """A home for bundled servers; not in pytest's own folder, through which the servers' account may not pass."""
    made = Path(tempfile.mkdtemp(prefix="ekost-e2e-", dir=quick_place()))
    made.chmod(0o711)
    yield made / "home"
    driver.stop(made / "home")
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def environment(servers: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody with nothing configured, but some files."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    kept = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    return {**kept, "LANG": "C.UTF-8", "COLUMNS": "100", "EKOST_HOME": str(servers)}


@pytest.fixture
def ekost(environment: dict[str, str]) -> Iterator[Play]:
    """`ekost(url, words)`: run a command line on a book, in this process; what it connects to is let go afterwards."""
    engines: list[Engine] = []

    def remember(connection: Connection) -> None:
        engines.append(connection.engine)

    def play(url: str, words: list[str]) -> int:
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name not in environment]:
                patch.delenv(name)
            for name, value in {**environment, "EKOST_DATABASE_URL": url}.items():
                patch.setenv(name, value)
            patch.chdir(environment["HOME"])
            status = run(words)
        while engines:
            engines.pop().dispose()
        return status

    event.listen(Engine, "engine_connect", remember)
    yield play
    event.remove(Engine, "engine_connect", remember)


@pytest.fixture(scope="module")
def demo(server_url: str, template: str) -> str:
    """The URL of the demo kos and its two imports, audited; nobody changes it."""
    database = Database(clone(server_url, template))
    assert load_small_demo(database)
    _import_once_and_fail_once(database)
    with database.transaction() as conn:
        conn.execute(text(LEFT_OVER))
        conn.execute(text("select ensure_partition('payments', date '2021-03-01')"))
        conn.execute(text("insert into logins (role_name, grade) values ('rini', 'staff')"))
        print_receipt(conn, 10)
        lines = ("2026-01-05,SETORAN TOKO JAYA,7", "2026-01-06,TOKEN PLN,-8", "2026-01-07,BUNGA,9")
        given = read_statement("\n".join(("date,description,amount", *lines)), "generic")
        bring_statement(conn, find_property(conn, "KOSA"), "BCA", given, file_name="bank.csv", form="generic")
        ignore_line(conn, 3, "interest")
        raise_rents(conn, find_property(conn, "KOSB"), Change(percent=Decimal(5)), date(2031, 1, 1))
    with database.transaction() as conn:
        conn.execute(text(YEAR))
    drain(database, "audit")
    database.engine.dispose()
    return database.url


def _import_once_and_fail_once(database: Database) -> None:
    """Import 1 is done, with a rejected row; import 2 has failed on its way."""
    bodies = ("tenant,amount,date\nBUDI,1,2026-01-05\nNOBODY,1,2026-01-05\n", "tenant,amount,date\nBUDI,2,2026-01-06\n")
    for number, body in enumerate(bodies, 1):
        with database.transaction() as conn:
            stage_file(conn, Request("payments"), BytesIO(body.encode()), f"{number}.csv")
    run_import(database, 1)
    with database.transaction() as conn:
        conn.execute(text("update imports set state = 'failed' where id = 2"))


@pytest.fixture
def book(server_url: str, demo: str) -> Iterator[str]:
    """The demo in a database of the test's own."""
    url = clone(server_url, str(make_url(demo).database))
    yield url
    command(server_url, f'drop database "{make_url(url).database}" with (force)')


def facts(url: str) -> int:
    """How many events the book has seen."""
    engine = create_engine(url)
    with engine.connect() as conn:
        found = int(conn.execute(text("select count(*) from events")).scalar_one())
    engine.dispose()
    return found


@pytest.mark.parametrize("example", LOOKS, ids=line)
def test_an_example_that_looks_or_tries_changes_nothing(
    example: Example, demo: str, ekost: Play, capfd: pytest.CaptureFixture[str]
) -> None:
    before = facts(demo)
    capfd.readouterr()
    status, told = ekost(demo, example[1]), capfd.readouterr()
    assert (status, "error:" in told.err) == (example[0] in FINDS, False), told.err
    assert facts(demo) == before
    if "json" in example[1]:
        json.loads(told.out or "{}")


@pytest.mark.parametrize("example", CHANGES, ids=line)
def test_an_example_that_changes_the_book_leaves_it_sound(example: Example, book: str, ekost: Play) -> None:
    path, words = example
    if path in FIRST:
        assert ekost(book, FIRST[path]) == 0
    for word in BEFOREHAND.keys() & set(words):
        with Database(book).transaction() as conn:
            conn.execute(text(BEFOREHAND[word]))
    assert ekost(book, words) == 0
    assert ekost(book, ["check"]) == 0


@pytest.mark.parametrize("example", CACHES, ids=line)
def test_an_example_that_is_about_the_cache(
    example: Example, demo: str, servers: Path, environment: dict[str, str]
) -> None:
    driver.ensure_valkey(servers)  # others stop it
    variables = {**environment, "EKOST_DATABASE_URL": demo, "EKOST_CACHE_URL": "bundled"}
    done = subprocess.run(
        ["ekost", *example[1]], env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_backup_is_made_examined_and_brought_back(
    book: str, ekost: Play, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    examples = {path: [words for found, words in all_examples() if found == path] for path in BACKUPS}
    folder = tmp_path / "backups"
    folder.mkdir()
    for words in examples["db backup"]:
        assert ekost(book, [word.replace("/var/backups/ekost", str(folder)) for word in words]) == 0
    (made,) = folder.glob("*.dump")
    (into_nothing,), (into_the_book,) = (
        [words for words in examples["db restore"] if ("--replace" in words) == there] for there in (False, True)
    )
    for words in (*examples["db verify"], into_nothing, into_the_book):
        for end in ("", ".json"):
            shutil.copy(f"{made}{end}", tmp_path / f"{Path(words[2]).name}{end}")
    for words in examples["db verify"]:
        assert ekost(book, [Path(word).name if "/" in word else word for word in words]) == 0
    assert ekost(book, into_nothing) == ExitCode.REFUSED
    capfd.readouterr()
    assert ekost(book, [*into_the_book, "-o", "json"]) == 0
    former = json.loads(capfd.readouterr().out)["old_database"]
    for words in examples["db forget"]:
        assert ekost(book, [former if word.startswith("ekost_before_") else word for word in words]) == 0
    assert ekost(book, ["check"]) == 0


@pytest.mark.parametrize("example", ENDLESS, ids=line)
def test_an_example_that_leaves_somebody_at_work(example: Example, book: str, environment: dict[str, str]) -> None:
    path, words = example
    if path == "metrics serve":
        words = [*words, "--port", "0"]  # others may test on this machine too
    variables = {**environment, "EKOST_DATABASE_URL": book}
    with subprocess.Popen(["ekost", *words], env=variables, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        if path in ENDS_NEVER:
            assert "Ctrl-C" in process.stderr.readline()
            process.terminate()
        assert process.wait(30) == (ExitCode.TERMINATED if path in ENDS_NEVER else ExitCode.DONE)
    subprocess.run(["ekost", "down"], env=variables, check=True, timeout=60, stdout=subprocess.DEVNULL)


# Through a shell: the quotes in the help are part of the promise.
@pytest.mark.parametrize("path", ["tenant add", "payment add", "balance explain", "help"])
def test_examples_run_as_they_are_typed(path: str, book: str, environment: dict[str, str]) -> None:
    variables = {**environment, "EKOST_DATABASE_URL": book}
    for example in VERBS[path].examples:
        done = subprocess.run(
            ["sh", "-c", example], env=variables, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, "error:" in done.stderr) == (0, False), done.stderr
