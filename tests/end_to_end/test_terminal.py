"""What people see: tables and cards at two sizes of terminal, in both languages, with and without colour."""

import re
from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from ekost_cli.examples import all_verbs
from tests.end_to_end.forks import Done
from tests.end_to_end.kos import Kos

SIZES = ((80, 24), (120, 40))
COLOR = re.compile("\x1b\\[[0-9;]*m")
MONEY = re.compile(r"(?<!\S)-?Rp[0-9.,]+(?!\S)")
DATE = re.compile(r"(?<!\S)[0-9]{2}/[0-9]{2}/[0-9]{4}(?!\S)")
VERBS = dict(all_verbs())
LISTS = ("property list", "room list", "tenant list", "lease list", "charge list", "payment list", "deposit list",
         "balance list", "balance aging")  # fmt: skip


@pytest.fixture(scope="module")
def kos(shared_kos: Kos) -> Iterator[Kos]:
    """Short and long names, wide characters, markup; balances of every status and of many sizes."""
    kos = shared_kos
    kos.house(*(f"A{n}" for n in range(1, 6)))
    for n, name in enumerate(
        ("Budi", "Maria Magdalena Sulistyaningrum Kusumawardhani", "李小明 王", "[/][@click=app.quit]x"), 1
    ):
        kos.tenant(name, f"A{n}", since="2026-09-05")
    kos.do("payment", "add", "BUDI", "99.999.999", "--note", "[link=file:///etc/passwd]x[/link]")
    kos.do("payment", "add", "MARIA", "700000", "--method", "qris", "--reference", "R" * 60)
    kos.do("deposit", "add", "BUDI", "1.500.000")
    return kos


def screen(kos: Kos, size: tuple[int, int], *words: str, **variables: str) -> Done:
    """What the command shows on a terminal of so many columns and lines."""
    env = {name: value for name, value in kos.env.items() if name != "COLUMNS"} | {"TERM": "xterm-256color"}
    return kos.forks.screen(words, env | variables, size)


def edges(pattern: re.Pattern[str], lines: list[str], *, right: bool) -> list[set[int]]:
    """For every line, the screen columns in which what fits the pattern ends, or begins."""
    return [
        {cell_len(line[: found.end() if right else found.start()]) for found in pattern.finditer(line)}
        for line in lines
    ]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("language", ["en", "id"])
def test_tables_fit_and_figures_stand_below_each_other(kos: Kos, size: tuple[int, int], language: str) -> None:
    for path in LISTS:
        status, shown, _err = screen(kos, size, *path.split(), "--lang", language)
        header, *rows = [COLOR.sub("", line).rstrip() for line in shown.splitlines()]
        assert status == 0, path
        assert len(rows) == len(kos.items(*path.split())), path
        assert max(map(cell_len, (header, *rows))) <= size[0], (path, rows)
        for pattern, right in ((MONEY, True), (DATE, False)):
            found = edges(pattern, rows, right=right)
            assert len(set().union(*found)) == max(map(len, found)), (path, pattern, rows)
            # A heading ends, or begins, in the same column.
            words = edges(re.compile(r"\S+(?: \S+)*"), [header], right=right)[0]
            assert set().union(*found) <= words, (path, header, rows)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_what_matters_is_there_at_both_sizes(kos: Kos, size: tuple[int, int]) -> None:
    for path, labels in {
        "balance list": ("Tenant", "Room", "Balance", "Paid through", "Status"),
        "room list": ("Room", "Rent", "Status"), "tenant list": ("Code", "Name", "Room", "Balance"),
        "payment list": ("Date", "Amount", "Method"),
        "charge list": ("Tenant", "Kind", "Due", "Amount"), "balance aging": ("Over 90 days", "Balance"),
    }.items():  # fmt: skip
        header = COLOR.sub("", screen(kos, size, *path.split())[1]).splitlines()[0]
        for label in labels:
            assert label in header, (path, label, header)


def test_what_has_no_room_is_told(kos: Kos) -> None:
    _status, shown, err = screen(kos, (80, 24), "tenant", "list")
    left_out = re.fullmatch(r"Too narrow for: (.+)\. Choose columns with --fields\.\n", err)
    assert left_out
    assert "created_at" in left_out[1].split(", ")
    assert "created_at" not in shown
    assert screen(kos, (200, 50), "payment", "list", "--fields", "id,amount")[2] == ""


def test_statuses_are_coloured_for_those_who_want_it(kos: Kos) -> None:
    words = ("balance", "list", "--fields", "tenant,outstanding_balance,status")
    colored = screen(kos, (80, 24), *words)[1]
    for status, color in (("unpaid", 31), ("partly paid", 33), ("in credit", 36)):
        assert re.search(f"\x1b\\[{color}m{status} *\x1b\\[0m", colored), (status, colored)
    plain = COLOR.sub("", colored)
    for more, variables in (
        ((), {"NO_COLOR": "1"}), (("--color", "never"), {}), ((), {"TERM": "dumb"}), ((), {"FORCE_COLOR": "0"}),
    ):  # fmt: skip
        assert screen(kos, (80, 24), *words, *more, **variables)[1].split() == plain.split(), (more, variables)
    assert "\x1b" not in kos.do(*words, "-o", "table")
    assert "\x1b[31m" in kos.do(*words, "-o", "table", "--color", "always")
    assert "\x1b[31m" in screen(kos, (80, 24), *words, "--color", "always", NO_COLOR="1")[1]


def test_names_command_nothing(kos: Kos) -> None:
    for path in ("tenant list", "balance list", "payment list", "tenant show CLICK", "payment show 1",
                 "balance explain CLICK", "tenant history CLICK"):  # fmt: skip
        words = path.split()
        shown = screen(kos, (200, 50), *words)[1]
        assert set(re.findall("\x1b(.)", shown)) <= {"["}, words
        assert COLOR.sub("", shown).isascii() or "李" in shown, words
    assert "[/][@click=app.quit]x" in screen(kos, (200, 50), "tenant", "show", "CLICK")[1]
    assert "[link=file:///etc/passwd]x[/link]" in screen(kos, (200, 50), "payment", "show", "1")[1]


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_card_has_its_values_below_each_other(kos: Kos, language: str) -> None:
    for words in (
        ("tenant", "show", "BUDI"),
        ("balance", "show", "BUDI"),
        ("payment", "show", "1"),
        ("property", "show", "KOSA"),
    ):
        shown = screen(kos, (80, 24), *words, "--lang", language)[1]
        lines = [COLOR.sub("", line).rstrip() for line in shown.splitlines()]
        # What is nested stands in tables of its own below.
        assert len(lines) == sum(field.kind != "nested" for field in VERBS[" ".join(words[:2])].fields)
        assert max(map(cell_len, lines)) <= 80
        starts = {match.end() for line in lines if (match := re.match(r".*?  +(?=\S)", line))}
        assert len(starts) == 1, (words, lines)


def test_a_table_in_a_pipe_is_as_wide_as_it_is_told(kos: Kos) -> None:
    narrow = kos.run("tenant", "list", "-o", "table", COLUMNS="60")
    assert max(map(cell_len, narrow.out.splitlines())) <= 60
    wide = kos.run("tenant", "list", "-o", "table", COLUMNS="250")
    assert wide.err == ""
