"""What scripts rely on: names of fields, forms of values, and the same rows in every format."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from ekost_cli.examples import all_verbs
from ekost_cli.fields import Field
from tests.end_to_end.kos import Kos

TENANT = "id code name phone email property room monthly_rent moved_in_on moved_out_on outstanding_balance created_at"
ROOM = "id property number room_type monthly_rent capacity occupied status"
PAYMENT = "id tenant tenant_name property payment_date amount method reference note import_id reversed_by created_at"
CHARGE = "id tenant kind period_start period_end due_on amount description reversed_by"
BALANCE = (
    "tenant tenant_name property room monthly_rent total_charges total_payments outstanding_balance paid_through_on "
    "oldest_due_on days_overdue status calculated_at"
)
EXPENSE = "id property room spent_on category amount method payee description reversed_by reason actor created_at"
AGING = "tenant not_due d1_30 d31_60 d61_90 over_90 credit total"

VERBS = dict(all_verbs())
LISTS: dict[tuple[str, ...], str] = {
    ("property", "list"): "code name",
    ("room", "list"): ROOM,
    ("tenant", "list"): TENANT,
    ("tenant", "list", "--sort", "name", "--archived"): TENANT,
    ("tenant", "history", "BUDI"): "id recorded_at type actor payload",
    ("lease", "list"): "id tenant property room starts_on ends_on monthly_rent billing_day",
    ("charge", "list"): CHARGE,
    ("charge", "list", "--tenant", "BUDI", "--kind", "rent"): CHARGE,
    ("payment", "list"): PAYMENT,
    ("payment", "list", "--tenant", "BUDI", "--from", "2026-01-01"): PAYMENT,
    ("deposit", "list"): "id tenant kind amount held",
    ("note", "list"): "id tenant property room text created_at actor state reason",
    ("inventory", "list"): "id property room name quantity condition checked_on",
    ("inventory", "history", "KOSA/A1"): "id checked_on name condition lease_id tenant note actor",
    ("expense", "list"): EXPENSE,
    ("expense", "list", "--category", "water", "--reverse"): EXPENSE,
    ("cash", "list"): "id property handed_on kind giver receiver amount expected counted variance state signer",
    ("balance", "list"): BALANCE,
    ("balance", "list", "--sort", "name"): BALANCE,
    ("balance", "list", "--sort", "room", "--status", "unpaid"): BALANCE,
    ("balance", "aging"): AGING,
    ("balance", "aging", "--as-of", "2026-04-15"): AGING,
}
THINGS: dict[tuple[str, ...], str] = {
    ("property", "show", "KOSA"): "code name",
    ("room", "show", "KOSA/A1"): f"{ROOM} notes inventory",
    ("tenant", "show", "BUDI"): f"{TENANT} notes",
    ("lease", "show", "BUDI"): "id tenant room terms",
    ("payment", "show", "1"): PAYMENT,
    ("payment", "add", "BUDI", "1", "--dry-run"): f"{PAYMENT} outstanding_balance",
    ("charge", "add", "BUDI", "1", "--kind", "water", "--dry-run"): CHARGE,
    ("deposit", "add", "BUDI", "1", "--dry-run"): "id held",
    ("tenant", "move-out", "BUDI", "--dry-run"): "tenant on credit outstanding_balance",
    ("expense", "show", "1"): EXPENSE,
    ("expense", "add", "1", "--category", "tax", "--property", "KOSA", "--dry-run"): EXPENSE,
    ("cash", "count", "1", "--property", "KOSA", "--dry-run"): "id giver counted variance",
    ("billing", "run"): "leases charges amount rooms",
    ("balance", "show", "BUDI"): BALANCE,
    ("balance", "show", "BUDI", "--as-of", "2026-04-15"): BALANCE,
}
FORMS = {
    "money": re.compile(r"-?[0-9]+\.[0-9]{2}"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "instant": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+[+-][0-9]{2}:[0-9]{2}"),
    "phone": re.compile(r"\+[0-9]+"),
}


@pytest.fixture(scope="module")
def kos(shared_kos: Kos) -> Iterator[Kos]:
    """A small kos in which everything has happened once, and texts that formats trip over."""
    kos = shared_kos
    kos.house("A1", "A2", "A3", "A4")
    kos.house("A1", code="KOSB")
    kos.tenant("Budi Santoso", "A1", since="2026-01-10")
    kos.do("tenant", "edit", "BUDI", "--phone", "0812-3456-7890", "--email", "budi@example.com")
    for name, number in (('=SUM(1;2) "Ani"', "A2"), ("Cici, S.E.; M.M.", "A3"), ("Dedi 'Ò\u00a0ñ 漢字", "A4")):
        kos.tenant(name, number, since="2026-08-15")
    kos.tenant("Zainal")
    kos.do("tenant", "archive", "ZAINAL", "--yes")
    kos.do("payment", "add", "BUDI", "1000000", "--on", "2026-01-12", "--note", '-1+2 | "x"', "--reference", "@TRX")
    kos.do("payment", "add", "CICI", "90jt")
    kos.do("payment", "add", "BUDI", "5")
    kos.do("payment", "void", "3", "--reason", "mistyped")
    kos.do("deposit", "add", "BUDI", "1500000")
    kos.do("deposit", "apply", "BUDI", "500000")
    kos.do("charge", "add", "BUDI", "Rp112.000,50", "--kind", "electricity", "--description", "77,5 kWh")
    kos.do("note", "add", "BUDI", '=1+2; "a", [red]b[/red]')
    kos.do("note", "add", "KOSA/A1", "tap drips")
    kos.do("note", "void", "2", "--reason", "mended")
    kos.do("expense", "add", "Rp75.000,50", "--category", "water", "--room", "KOSA/A1", "--payee", '=PDAM; "kota"')
    kos.do("expense", "void", "1", "--reason", "not ours, @all")
    kos.do("expense", "add", "350rb", "--category", "electricity", "--property", "KOSA", "--method", "qris")
    kos.do("cash", "count", "1jt", "--property", "KOSA", "--note", "-1+2")
    kos.do("inventory", "add", "KOSA/A1", "Kasur, 120 cm", "--note", "@home")
    return kos


def as_text(value: Any) -> str:
    """A JSON value as the text formats write it."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def check_values(item: dict[str, Any], fields: tuple[Field, ...]) -> None:
    for field in fields:
        value, form = item[field.name], FORMS.get(field.kind)
        if form is not None and value is not None:
            assert isinstance(value, str), (field.name, value)
            assert form.fullmatch(value), (field.name, value)
        if field.kind == "int":
            assert value is None or type(value) is int, (field.name, value)


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_a_list_has_the_same_rows_in_every_format(kos: Kos, words: tuple[str, ...]) -> None:
    promised, fields = LISTS[words], VERBS[" ".join(words[:2])].fields
    forms = ("json", "ndjson", "csv", "tsv", "id", "table")
    done = dict(zip(forms, kos.race([[*words, "-o", form, "--all"] for form in forms]), strict=True))
    assert {ended.status for ended in done.values()} == {0}
    assert {ended.err for form, ended in done.items() if form != "table"} == {""}
    envelope = json.loads(done["json"].out)
    assert list(envelope) == ["items", "next"]
    items = envelope["items"]
    assert items
    assert envelope["next"] is None
    names = [field.name for field in fields]
    assert set(promised.split()) <= set(names)
    for item in items:
        assert list(item) == names
        check_values(item, fields)
    assert [json.loads(line) for line in done["ndjson"].out.splitlines()] == items
    header, *rows = csv.reader(io.StringIO(done["csv"].out, newline=""))
    assert header == names
    assert [[unguarded(cell) for cell in row] for row in rows] == [
        [as_text(item[name]) for name in names] for item in items
    ]
    lines = [line.split("\t") for line in done["tsv"].out.split("\n")[:-1]]
    assert lines[0] == names
    assert [[cell.replace("\\xa0", "\u00a0") for cell in row] for row in lines[1:]] == rows_of(items, names)
    assert done["id"].out.split("\n")[:-1] == [as_text(item[names[0]]) for item in items]
    assert len(done["table"].out.splitlines()) == len(items) + 1


def rows_of(items: list[dict[str, Any]], names: list[str]) -> list[list[str]]:
    return [[as_text(item[name]) for name in names] for item in items]


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from computing it."""
    return cell[1:] if cell.startswith("'") else cell


@pytest.mark.parametrize("words", THINGS, ids=" ".join)
def test_a_single_thing_is_an_object(kos: Kos, words: tuple[str, ...]) -> None:
    promised, fields = THINGS[words], VERBS[" ".join(words[:2])].fields
    names = [field.name for field in fields]
    assert set(promised.split()) <= set(names)
    forms = ("json", "ndjson", "csv", "tsv", "id", "table")
    done = {form: kos.run(*words, "-o", form) for form in forms}
    assert {ended.status for ended in done.values()} == {0}
    item = json.loads(done["json"].out)
    assert list(item) == list(json.loads(done["ndjson"].out)) == names
    check_values(item, fields)
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        header, row = csv.reader(io.StringIO(done[form].out, newline=""), delimiter=delimiter, quotechar='"')
        assert header == names
        assert len(row) == len(names)
    assert len(done["id"].out.splitlines()) == 1
    assert len(done["table"].out.splitlines()) >= len(names)


def test_fields_are_chosen_by_name_in_any_order(kos: Kos) -> None:
    for words, promised in {**LISTS, **THINGS}.items():
        fields = VERBS[" ".join(words[:2])].fields
        names = promised.split()[::-1]
        picked = ("--fields", ",".join(names))
        out, shown = (json.loads(ended.out) if n == 0 else ended.out for n, ended in
                      enumerate(kos.race([[*words, *picked, "-o", "json"], [*words, "--fields", "help"]])))  # fmt: skip
        first = out["items"][0] if words in LISTS else out
        assert list(first) == names, words
        assert shown.split() == [field.name for field in fields], words


def test_a_pipe_gets_tsv_and_keys_stay_english(kos: Kos) -> None:
    assert kos.do("tenant", "list", "--lang", "id") == kos.do("tenant", "list", "-o", "tsv", "--lang", "en")
    for form in ("json", "csv"):
        assert kos.do("balance", "list", "-o", form, "--lang", "id") == kos.do("balance", "list", "-o", form)


def test_truncation_is_said_and_quiet_says_nothing(kos: Kos) -> None:
    for words in LISTS:
        total = len(kos.items(*words))
        if total == 1:
            continue
        cut, quiet, whole = kos.race([[*words, "--limit", "1", "-o", "json"], [*words, "--limit", "1", "-q"],
                                      [*words, "--limit", str(total)]])  # fmt: skip
        cursor = json.loads(cut.out)["next"]
        assert cut.err == f"There are more rows: add --after {cursor} or --all.\n", words
        assert (quiet.err, whole.err) == ("", ""), words


def test_an_empty_list_is_still_a_list(kos: Kos) -> None:
    words = ("payment", "list", "--tenant", "BUDI", "--until", "2020-01-01")
    assert kos.do(*words, "-o", "json") == '{"items": [], "next": null}\n'
    assert kos.do(*words, "-o", "csv").count("\n") == 1
    assert kos.do(*words, "-o", "id") == kos.do(*words, "-o", "ndjson") == ""
    empty = kos.run(*words, "-o", "table")
    assert (empty.out, empty.err) == ("", "Nothing found.\n")
