"""Every output format, value by value."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from db.errors import UsageError
from db.settings import known_settings
from ekost_cli.context import Context
from ekost_cli.fields import Field, Kind
from ekost_cli.invocation import Invocation
from ekost_cli.terminal import wants_color
from locales.catalogs import set_language
from locales.writers import guard
from tests.ekost_cli.conftest import Ekost


class Row(NamedTuple):
    """A record with a value of every kind."""

    id: int
    name: str
    rent: Decimal
    balance: Decimal
    since: date
    added: datetime
    active: bool
    status: str
    note: str | None


FIELDS = (
    Field("id", "Number", "int"),
    Field("name", "Name"),
    Field("rent", "Rent", "money"),
    Field("balance", "Balance", "money"),
    Field("since", "Since", "date"),
    Field("added", "Added", "instant", wide=True),
    Field("active", "Active", "bool"),
    Field("status", "Status", "status"),
    Field("note", "Note", wide=True),
)
ADDED = datetime(2026, 3, 1, 20, 5, tzinfo=UTC)
SITI = Row(
    1, 'Siti "Ibu" Aminah', Decimal("1500000"), Decimal("-250000.50"), date(2026, 3, 1), ADDED, True, "paid", None
)
EVIL = Row(
    2, "=[red]\tx\n\x1b[2J;,", Decimal("0"), Decimal("1.00"), date(2024, 2, 29), ADDED, False, "credit", "+62812"
)


class Page(NamedTuple):
    """A page such as the repositories give."""

    items: list[Row]
    next: str | None


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    set_language("en")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    yield
    set_language("en")


def context(**options: Any) -> Context:
    """The context of a command with these options."""
    invocation = Invocation()
    for name, value in options.items():
        setattr(invocation, name, value)
    return Context(invocation, FIELDS)


def test_json_of_a_list_is_an_envelope(capsys: pytest.CaptureFixture[str]) -> None:
    context(output="json").show_list([SITI, EVIL])
    out = capsys.readouterr().out
    assert json.loads(out) == {"items": [as_json(SITI), as_json(EVIL)], "next": None}
    assert len(out.splitlines()) == 3


def as_json(row: Row) -> dict[str, Any]:
    """What `row` is in JSON, written out by hand."""
    return {
        "id": row.id, "name": row.name, "rent": f"{row.rent:.2f}", "balance": f"{row.balance:.2f}",
        "since": row.since.isoformat(), "added": "2026-03-01T20:05:00+00:00", "active": row.active,
        "status": row.status, "note": row.note,
    }  # fmt: skip


def test_json_of_a_single_thing_is_the_object(capsys: pytest.CaptureFixture[str]) -> None:
    context(output="json").show(SITI)
    assert capsys.readouterr().out == (
        '{"id": 1, "name": "Siti \\"Ibu\\" Aminah", "rent": "1500000.00", "balance": "-250000.50", '
        '"since": "2026-03-01", "added": "2026-03-01T20:05:00+00:00", "active": true, "status": "paid", "note": null}\n'
    )


def test_an_empty_list_is_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    for output in ("json", "ndjson", "csv", "tsv", "id"):
        context(output=output, fields="id,name").show_list([])
    assert capsys.readouterr().out == '{"items": [], "next": null}\nid,name\nid\tname\n'


def test_ndjson_is_bare_objects(capsys: pytest.CaptureFixture[str]) -> None:
    context(output="ndjson").show_list([SITI, EVIL])
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [as_json(SITI), as_json(EVIL)]


def test_csv_quotes_texts_and_disarms_formulas(capsys: pytest.CaptureFixture[str]) -> None:
    context(output="csv").show_list([SITI, EVIL])
    out = capsys.readouterr().out
    assert out.splitlines()[:2] == [
        "id,name,rent,balance,since,added,active,status,note",
        '1,"Siti ""Ibu"" Aminah",1500000.00,-250000.50,"2026-03-01","2026-03-01T20:05:00+00:00","true","paid",""',
    ]
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[2][1] == "'" + EVIL.name
    assert rows[2][8] == "+62812"


@pytest.mark.parametrize(
    "text", ["=1+1", "@x", "-2+3", "+A1", "\t=1", "\r1", "\xa0=1", "a\n=1", "＝1", "'=1", "'plain"]
)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guard(text) == "'" + text


@pytest.mark.parametrize("text", ["Siti", "+628123456789", "-5", "a=b", "Jl. Melati 3-5", ""])
def test_a_harmless_text_stays_as_it_is(text: str) -> None:
    assert guard(text) == text


@given(st.text())
def test_taking_one_apostrophe_away_gives_the_text_back(text: str) -> None:
    guarded = guard(text)
    assert (guarded[1:] if guarded.startswith("'") else guarded) == text


def test_tsv_has_a_header_and_one_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    context(fields="name,rent,since,active,note").show_list([SITI, EVIL])
    assert capsys.readouterr().out == (
        "name\trent\tsince\tactive\tnote\n"
        'Siti "Ibu" Aminah\t1500000.00\t2026-03-01\ttrue\t\n'
        "=[red]␉x⏎␛[2J;,\t0.00\t2024-02-29\tfalse\t+62812\n"
    )


def test_id_is_the_first_field_alone(capsys: pytest.CaptureFixture[str]) -> None:
    context(output="id").show_list([SITI, EVIL])
    context(output="id").show(SITI)
    assert capsys.readouterr().out == "1\n2\n1\n"


def test_machine_formats_ignore_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    formats = ("json", "ndjson", "csv", "tsv", "id")
    for output in formats:
        context(output=output).show_list([SITI])
    english = capsys.readouterr().out
    set_language("id")
    for output in formats:
        context(output=output).show_list([SITI])
    assert capsys.readouterr().out == english


def test_a_table_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    context(output="table").show_list([SITI, EVIL])
    assert capsys.readouterr().out.splitlines() == table_lines(
        ("Number", "Name", "Rent", "Balance", "Since", "Added", "Active", "Status", "Note"),
        (
            "1",
            'Siti "Ibu" Aminah',
            "Rp1,500,000",
            "-Rp250,000.50",
            "01/03/2026",
            "2 Mar 2026 03:05 WIB",
            "yes",
            "paid",
            "-",
        ),
        ("2", "=[red]␉x⏎␛[2J;,", "Rp0", "Rp1", "29/02/2024", "2 Mar 2026 03:05 WIB", "no", "in credit", "+62812"),
    )


def table_lines(*rows: tuple[str, ...]) -> list[str]:
    """Rows as a table prints them: two blanks between columns, figures to the right."""
    right = {0, 2, 3}
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if n in right else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def test_a_table_speaks_indonesian(capsys: pytest.CaptureFixture[str]) -> None:
    set_language("id")
    context(output="table", fields="rent,since,balance").show_list([SITI])
    assert "Rp1.500.000  01/03/2026  -Rp250.000,50" in capsys.readouterr().out


def test_a_narrow_table_drops_wide_columns_first_and_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    context(output="table").show_list([SITI, EVIL])
    told = capsys.readouterr()
    assert max(map(len, told.out.splitlines())) <= 60
    assert told.out.split("\n", 1)[0].split() == ["Number", "Name", "Rent", "Balance", "Since"]
    assert told.err == "Too narrow for: added, active, status, note. Choose columns with --fields.\n"


def test_chosen_columns_are_never_dropped(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    context(output="table", fields="name,note,added").show_list([SITI])
    told = capsys.readouterr()
    assert told.out.split("\n", 1)[0].split() == ["Name", "Note", "Added"]
    assert "2 Mar 2026 03:05 WIB" in told.out
    assert told.err == ""


def test_a_single_thing_is_a_card_of_aligned_lines(capsys: pytest.CaptureFixture[str]) -> None:
    context(output="table", fields="name,balance,note").show(SITI)
    assert capsys.readouterr().out == ('Name     Siti "Ibu" Aminah\nBalance  -Rp250,000.50\nNote     -\n')


def test_nothing_found_is_said_to_people_only(capsys: pytest.CaptureFixture[str]) -> None:
    context(output="table").show_list([])
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "Nothing found.\n")


def test_a_cut_list_says_that_there_is_more(capsys: pytest.CaptureFixture[str]) -> None:
    def read(after: str | None, limit: int) -> Page:
        assert (after, limit) == ("abc", 1)
        return Page([SITI], "xyz")

    context(output="json", after="abc", limit=1, fields="id").show_pages(read)
    told = capsys.readouterr()
    assert told.out == '{"items": [\n{"id": 1}], "next": "xyz"}\n'
    assert told.err == "There are more rows: add --after xyz or --all.\n"
    context(output="json", after="abc", limit=1, quiet=True).show_pages(read)
    assert capsys.readouterr().err == ""


def test_all_streams_every_page(capsys: pytest.CaptureFixture[str]) -> None:
    pages = {None: Page([SITI], "2"), "2": Page([], "3"), "3": Page([EVIL], None)}
    for output in ("id", "table"):
        context(output=output, all=True, fields="id").show_pages(lambda after, _limit: pages[after])
    told = capsys.readouterr()
    assert told.out == "1\n2\nNumber\n     1\n     2\n"
    assert told.err == ""


def test_a_long_table_is_printed_in_pieces_of_one_shape(capsys: pytest.CaptureFixture[str]) -> None:
    context(output="table", fields="id,name").show_list(SITI._replace(id=n) for n in range(1000))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1001
    assert {line.index("Siti") for line in lines[1:]} == {8}


def test_what_is_shown_in_a_transaction_is_printed_when_it_has_ended_well(capsys: pytest.CaptureFixture[str]) -> None:
    ekost = context(output="id")

    def fail() -> None:
        with ekost.printer.held():
            ekost.show(SITI)
            raise UsageError

    def find() -> None:
        with ekost.printer.held():
            ekost.show(EVIL)
            raise typer.Exit(1)

    with pytest.raises(UsageError):
        fail()
    with pytest.raises(typer.Exit):
        find()
    assert capsys.readouterr().out == "2\n"
    with ekost.printer.held():
        ekost.note("behind")
        ekost.show(SITI)
        assert capsys.readouterr().out == ""
    told = capsys.readouterr()
    assert (told.out, told.err) == ("1\n", "behind\n")


def test_an_unknown_field_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError) as caught:
        context(fields="id,balence").show(SITI)
    assert caught.value.fields == {"field": "balence", "nearest": "balance"}


def test_fields_help_lists_them(ekost: Ekost) -> None:
    assert ekost("config", "show", "--fields", "help").stdout.split() == ["key", "value", "origin"]
    done = ekost("config", "set", "language", "id", "--fields", "nonsense")
    assert done.returncode == 2
    given = [setting.default for setting in known_settings().values() if setting.default is not None]
    defaults = [str(value).lower() if isinstance(value, bool) else str(value) for value in given]
    assert ekost("config", "show", "--fields", "value", "-o", "tsv").stdout.split() == ["value", *defaults]


@pytest.mark.parametrize(
    ("color", "environ", "terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, True, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides_about_colour(color: str, environ: dict[str, str], terminal: bool, wanted: bool) -> None:
    class Stream(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    assert wants_color(Stream(), color, environ) is wanted


def test_a_terminal_gets_a_table_and_a_pipe_gets_tsv(ekost: Ekost, on_terminal: Callable[..., tuple[int, str]]) -> None:
    assert ekost("help", "exit-codes").stdout.startswith("code\tname\tmeaning\n0\tdone\tDone.\n")
    status, screen = on_terminal("help", "exit-codes")
    assert status == 0
    assert "\x1b[1mCode" in screen
    assert "\x1b" not in on_terminal("help", "exit-codes", NO_COLOR="1")[1]
    assert "\x1b" in ekost("help", "exit-codes", "-o", "table", "--color", "always").stdout
    assert "\x1b" not in ekost("help", "exit-codes", "-o", "table").stdout


KINDS: tuple[Kind, ...] = ("nested", "percent", "number", "phone")


def test_the_rarer_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    fields = tuple(Field(kind, kind, kind) for kind in KINDS)
    record = {
        "nested": [{"a": Decimal("1.5")}],
        "percent": Decimal("87.5"),
        "number": Decimal("1250.3"),
        "phone": "+6281234567890",
    }
    set_language("id")
    for output in ("json", "csv", "table"):
        context(output=output).show(record, fields)
    assert capsys.readouterr().out == (
        '{"nested": [{"a": "1.5"}], "percent": "87.5", "number": "1250.3", "phone": "+6281234567890"}\n'
        'nested,percent,number,phone\n"[{""a"": ""1.5""}]",87.5,1250.3,"+6281234567890"\n'
        'nested   [{"a": "1.5"}]\npercent  87,5 %\nnumber   1.250,3\nphone    0812-3456-7890\n'
    )
