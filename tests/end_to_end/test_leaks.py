"""Whatever stands in the book, no command lets it steer the terminal, a spreadsheet or a program that reads lines."""

import csv
import io
import re
from collections.abc import Iterator

import pytest

from db.engine import Database
from tests.conftest import clone, command
from tests.end_to_end.forks import Forks
from tests.end_to_end.kos import Kos
from tests.poison import COMMANDS, SEEN, furnish

# Colours, which are ours.
STYLE = re.compile("\x1b\\[[0-9;]*m")
LISTS = (
    "property list", "room list", "tenant list --archived", "lease list", "charge list", "payment list", "deposit list",
    "note list", "inventory list", "balance list", "balance aging", "search budi", "audit list", "import list",
    "events list --fields id,payload --limit 1000", "import errors 1", "jobs list --state dead", "tenant history BUDI",
    "room history KOSA/A1",
)  # fmt: skip
CARDS = (
    "property show KOSA", "room show KOSA/A1", "tenant show BUDI", "lease show BUDI", "payment show 1",
    "balance show BUDI", "import show 1",
)  # fmt: skip


@pytest.fixture(scope="module")
def kos(server_url: str, template: str, forks: Forks) -> Iterator[Kos]:
    """The kos of the examples, with poison in every text."""
    database = Database(clone(server_url, template))
    furnish(database)
    yield Kos(database, forks)
    command(server_url, f'drop database "{database.place.rpartition("/")[2]}" with (force)')


@pytest.mark.parametrize("line", [*LISTS, *CARDS])
def test_nothing_in_the_book_commands_who_reads_it(kos: Kos, line: str) -> None:
    words = line.split()
    env = {name: value for name, value in kos.env.items() if name != "COLUMNS"}
    shown = kos.forks.screen([*words, "--lang", "id"], env, (250, 50))
    assert shown.status == 0, shown
    assert not COMMANDS.search(STYLE.sub("", shown.out) + shown.err), shown
    assert SEEN in shown.out, shown.out
    sheet, lines = kos.race([[*words, "-o", form] for form in ("csv", "tsv")])
    assert not COMMANDS.search(lines.out.replace("\t", "")), lines.out
    for row in csv.reader(io.StringIO(sheet.out, newline="")):
        assert not [cell for cell in row if cell.lstrip().startswith(("=", "@"))], row
