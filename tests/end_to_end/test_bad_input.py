"""What people and scripts get wrong: one clear line, the right exit status, and nothing changed."""

import base64
import json
from collections.abc import Iterator

import pytest

from tests.end_to_end.kos import Kos, assert_one_line

LONG = "x" * 100_000
USAGE, NOT_FOUND, REFUSED = 2, 4, 5
PAY = ("payment", "add", "BUDI")


@pytest.fixture(scope="module")
def kos(shared_kos: Kos) -> Iterator[Kos]:
    """Budi in A1 and a second Budi, one payment, a second property; nothing of it may change in this file."""
    shared_kos.house("A1", "A2")
    shared_kos.house("A1", code="KOSB")
    shared_kos.tenant("Budi Santoso", "A1", since="2026-08-15")
    shared_kos.tenant("Budi Hartono")
    shared_kos.do("payment", "add", "BUDI", "1000", "--key", "first")
    shared_kos.keep()
    yield shared_kos
    assert shared_kos.content() == shared_kos.kept
    shared_kos.assert_sound()


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (NOT_FOUND, "tenant_not_found", ("payment", "add", "NOBODY", "1000")),
        (NOT_FOUND, "tenant_not_found", ("balance", "show", "999")),
        (NOT_FOUND, "tenant_not_found", ("balance", "explain", "BUDI", "--property", "KOSB")),
        (NOT_FOUND, "tenant_not_found", ("tenant", "show", "'; drop table tenants; --")),
        (NOT_FOUND, "tenant_not_found", ("tenant", "show", "%")),
        (NOT_FOUND, "tenant_not_found", ("tenant", "show", "B_DI")),
        (NOT_FOUND, "tenant_not_found", ("tenant", "show", "[/]")),
        (NOT_FOUND, "tenant_not_found", ("tenant", "show", "{0.__class__}%s")),
        (NOT_FOUND, "tenant_not_found", ("payment", "list", "--tenant", "\x1b]0;owned\x07")),
        (NOT_FOUND, "tenant_not_found", ("deposit", "list", "--tenant", LONG)),
        (NOT_FOUND, "property_not_found", ("property", "show", "NOPE")),
        (NOT_FOUND, "property_not_found", ("room", "list", "--property", "KOSA' or '1'='1")),
        (NOT_FOUND, "property_not_found", ("tenant", "add", "Ani", "--property", "NOPE")),
        (NOT_FOUND, "room_not_found", ("room", "show", "KOSA/Z9")),
        (NOT_FOUND, "room_not_found", ("room", "show", "KOSX/A1")),
        (NOT_FOUND, "room_not_found", ("tenant", "assign", "BUDI2", "Z9")),
        (NOT_FOUND, "payment_not_found", ("payment", "show", "999")),
        (NOT_FOUND, "payment_not_found", ("payment", "void", "999999999999999999", "--reason", "x")),
        (NOT_FOUND, "charge_not_found", ("charge", "void", "999", "--reason", "x")),
        (NOT_FOUND, "no_lease", ("lease", "show", "BUDI2")),
        (NOT_FOUND, "no_lease", ("tenant", "move", "BUDI2", "A2")),
        (NOT_FOUND, "no_lease", ("tenant", "move-out", "BUDI2")),
        (NOT_FOUND, "no_lease", ("lease", "rent", "BUDI2", "1000", "--from", "today")),
        (USAGE, "entry_number", ("payment", "show", "abc")),
        (USAGE, "entry_number", ("payment", "show", "-1")),
        (USAGE, "entry_number", ("payment", "show", "٣")),
        (USAGE, "entry_number", ("charge", "void", "9999999999999999999", "--reason", "x")),
        (USAGE, "property_missing", ("tenant", "add", "Ani")),
    ],
)  # fmt: skip
def test_what_is_not_there(kos: Kos, status: int, code: str, words: tuple[str, ...]) -> None:
    kos.refused(status, code, *words)


def test_an_ambiguous_name_lists_who_may_be_meant(kos: Kos) -> None:
    told = kos.refused(USAGE, "ambiguous", "payment", "add", "bud", "1000")
    assert told == "bud fits several: KOSA/BUDI2 (Budi Hartono), KOSA/BUDI (Budi Santoso)."
    assert kos.refused(USAGE, "ambiguous", "room", "show", "A1") == "A1 fits several: KOSA/A1, KOSB/A1."


@pytest.mark.parametrize(
    ("status", "code", "amount"),
    [
        (USAGE, "amount_ambiguous", "1,500"), (USAGE, "amount_ambiguous", "1.5"),
        (USAGE, "amount_ambiguous", "1500.5"), (USAGE, "amount_ambiguous", "1,5M"),
        (USAGE, "amount_scale", "1.234,567"), (USAGE, "amount_scale", "1500000,001"),
        (USAGE, "amount_too_large", "10000000000000"), (USAGE, "amount_too_large", "1000000000000"),
        (USAGE, "amount_invalid", ""), (USAGE, "amount_invalid", "abc"), (USAGE, "amount_invalid", "NaN"),
        (USAGE, "amount_invalid", "Infinity"), (USAGE, "amount_invalid", "1e5"), (USAGE, "amount_invalid", "٣٠٠"),
        (USAGE, "amount_invalid", "081234567890"), (USAGE, "amount_invalid", "USD 5"), (USAGE, "amount_invalid", LONG),
        (USAGE, "amount_invalid", "\x1b[2J"), (USAGE, "amount_invalid", "1_000"), (USAGE, "amount_invalid", "0x10"),
        (REFUSED, "amount_not_positive", "0"), (REFUSED, "amount_not_positive", "-1"),
        (REFUSED, "amount_not_positive", "-1.500.000"), (REFUSED, "amount_not_positive", "0,00"),
    ],
)  # fmt: skip
def test_amounts(kos: Kos, status: int, code: str, amount: str) -> None:
    kos.refused(status, code, *PAY, amount)


def test_every_writer_of_money_reads_amounts_alike(kos: Kos) -> None:
    for words in (
        ("charge", "add", "BUDI", "1,500", "--kind", "water"), ("deposit", "add", "BUDI", "1,500"),
        ("deposit", "apply", "BUDI", "1,500"), ("deposit", "refund", "BUDI", "1,500"),
        ("lease", "rent", "BUDI", "1,500", "--from", "today"),
        ("room", "add", "A9", "--rent", "1,500", "--property", "KOSA"),
        ("room", "edit", "KOSA/A2", "--rent", "1,500"), ("tenant", "assign", "BUDI2", "A2", "--rent", "1,500"),
        ("tenant", "move", "BUDI", "A2", "--rent", "1,500"), ("property", "edit", "KOSA", "--rounding", "1,500"),
    ):  # fmt: skip
        told = kos.refused(USAGE, "amount_ambiguous", *words)
        assert told == "“1,500” can be read as 1.5 or as 1500."
    for words in (
        ("charge", "add", "BUDI", "-5", "--kind", "water"), ("charge", "add", "BUDI", "0", "--kind", "credit"),
        ("deposit", "add", "BUDI", "0"), ("deposit", "add", "BUDI", "-5"),
    ):  # fmt: skip
        kos.refused(REFUSED, "amount_not_positive", *words)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (USAGE, "date_invalid", (*PAY, "1000", "--on", "2026-02-30")),
        (USAGE, "date_invalid", (*PAY, "1000", "--on", "")),
        (USAGE, "date_invalid", (*PAY, "1000", "--on", "31/12/2025")),
        (USAGE, "date_invalid", (*PAY, "1000", "--on", "2026-1-1")),
        (USAGE, "date_invalid", (*PAY, "1000", "--on", "20260101")),
        (USAGE, "date_invalid", (*PAY, "1000", "--on", "２０２６-01-01")),
        (USAGE, "date_invalid", (*PAY, "1000", "--on", "0000-01-01")),
        (USAGE, "date_invalid", (*PAY, "1000", "--on", "10000-01-01")),
        (USAGE, "date_invalid", ("deposit", "add", "BUDI", "1000", "--on", "")),
        (USAGE, "date_invalid", ("tenant", "assign", "BUDI2", "A2", "--from", "")),
        (USAGE, "date_invalid", ("tenant", "move-out", "BUDI", "--on", "never")),
        (USAGE, "date_invalid", ("balance", "show", "BUDI", "--as-of", "2026-13-01")),
        (USAGE, "date_invalid", ("balance", "aging", "--as-of", "")),
        (USAGE, "date_invalid", ("payment", "list", "--from", "x")),
        (USAGE, "date_invalid", ("charge", "list", "--until", "x")),
        (USAGE, "date_invalid", ("billing", "run", "--until", "2026-02-29")),
        (REFUSED, "date_in_future", (*PAY, "1000", "--on", "2099-01-01")),
        (REFUSED, "date_in_future", (*PAY, "1000", "--on", "9999-12-31")),
        (REFUSED, "date_in_future", ("deposit", "add", "BUDI", "1000", "--on", "2099-01-01")),
        (REFUSED, "charge_in_future", ("charge", "add", "BUDI", "1000", "--kind", "water", "--on", "2099-01-01")),
        (REFUSED, "date_too_old", (*PAY, "1000", "--on", "0206-03-01")),
        (REFUSED, "date_too_old", ("tenant", "assign", "BUDI2", "A2", "--from", "0206-03-01")),
        (REFUSED, "date_too_old", ("tenant", "move-out", "BUDI", "--on", "0206-03-01")),
        (REFUSED, "date_too_old", ("lease", "rent", "BUDI", "1000", "--from", "0001-01-01")),
        (REFUSED, "date_too_old", ("charge", "add", "BUDI", "1000", "--kind", "water", "--due", "0206-03-01")),
        (REFUSED, "date_too_far", ("tenant", "assign", "BUDI2", "A2", "--from", "9999-12-31")),
        (REFUSED, "date_too_far", ("tenant", "assign", "BUDI2", "A2", "--billed-from", "9999-12-31")),
        (REFUSED, "date_too_far", ("tenant", "move", "BUDI", "A2", "--on", "9999-12-31")),
        (REFUSED, "date_too_far", ("tenant", "move-out", "BUDI", "--on", "9999-12-31")),
        (REFUSED, "date_too_far", ("lease", "billing-day", "BUDI", "5", "--from", "9999-12-31")),
        (REFUSED, "date_too_far", ("charge", "add", "BUDI", "1000", "--kind", "water", "--due", "9999-12-31")),
    ],
)  # fmt: skip
def test_dates(kos: Kos, status: int, code: str, words: tuple[str, ...]) -> None:
    kos.refused(status, code, *words)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (USAGE, "nothing_named", ("payment", "add", "", "1000")),
        (USAGE, "nothing_named", ("tenant", "show", "  ")),
        (USAGE, "nothing_named", ("room", "show", "")),
        (USAGE, "nothing_named", ("property", "show", "")),
        (USAGE, "method", (*PAY, "1000", "--method", "gold")),
        (USAGE, "charge_kind", ("charge", "add", "BUDI", "1000", "--kind", "rent")),
        (USAGE, "charge_kind", ("charge", "add", "BUDI", "1000", "--kind", "")),
        (REFUSED, "charge_zero", ("charge", "add", "BUDI", "0", "--kind", "opening")),
        (REFUSED, "text_length", ("payment", "void", "1", "--reason", "")),
        (REFUSED, "text_length", ("tenant", "edit", "BUDI", "--name", " ")),
        (REFUSED, "text_length", ("tenant", "add", "", "--property", "KOSA")),
        (REFUSED, "text_length", ("tenant", "add", "x" * 201, "--property", "KOSA")),
        (REFUSED, "text_length", (*PAY, "1000", "--note", "x" * 501)),
        (REFUSED, "text_length", (*PAY, "1000", "--note", LONG)),
        (REFUSED, "text_length", (*PAY, "1000", "--reference", "x" * 201)),
        (REFUSED, "text_length", ("charge", "add", "BUDI", "1000", "--kind", "water", "--description", "x" * 501)),
        (REFUSED, "text_control", ("tenant", "add", "\x1b]0;owned\x07", "--property", "KOSA")),
        (REFUSED, "text_control", ("tenant", "add", "Budi\u202eitnaS", "--property", "KOSA")),
        (REFUSED, "text_control", ("tenant", "add", "Budi\u200b", "--property", "KOSA")),
        (REFUSED, "text_control", ("tenant", "edit", "BUDI", "--emergency-name", "a\nb")),
        (REFUSED, "text_control", (*PAY, "1000", "--note", "a\tb")),
        (REFUSED, "text_control", (*PAY, "1000", "--reference", "\u2066")),
        (REFUSED, "text_control", ("payment", "void", "1", "--reason", "\x9b31m")),
        (REFUSED, "text_control", ("property", "edit", "KOSA", "--address", "a\x7f")),
        (REFUSED, "text_control", ("room", "edit", "KOSA/A2", "--type", "\ufeffAC")),
        (REFUSED, "code_form", ("tenant", "add", "Ani", "--code", "1", "--property", "KOSA")),
        (REFUSED, "code_form", ("tenant", "add", "Ani", "--code", "", "--property", "KOSA")),
        (REFUSED, "code_form", ("tenant", "edit", "BUDI", "--code", "A B")),
        (REFUSED, "code_form", ("tenant", "edit", "BUDI", "--code", "x" * 25)),
        (REFUSED, "code_form", ("room", "add", "A/1", "--rent", "1000", "--property", "KOSA")),
        (REFUSED, "code_form", ("room", "add", "Ａ1", "--rent", "1000", "--property", "KOSA")),
        (REFUSED, "code_form", ("property", "add", "KOS A", "x")),
        (REFUSED, "code_form", ("property", "add", "../KOS", "x")),
        (USAGE, "not_utf8", ("tenant", "add", "\udcff\udcfe", "--property", "KOSA")),
        (USAGE, "not_utf8", (*PAY, "1000", "--note", "ok\udcff")),
        (USAGE, "not_utf8", ("tenant", "list", "--property", "\udcff")),
        (USAGE, "not_utf8", ("tenant", "list", "--after", "\udcff")),
        (USAGE, "phone", ("tenant", "edit", "BUDI", "--phone", "abc")),
        (USAGE, "phone", ("tenant", "edit", "BUDI", "--phone", "12")),
        (USAGE, "email", ("tenant", "edit", "BUDI", "--email", "a@b@c")),
        (USAGE, "national_id", ("tenant", "edit", "BUDI", "--national-id", "320101")),
        (REFUSED, "key_form", (*PAY, "1000", "--key", "")),
        (REFUSED, "key_form", (*PAY, "1000", "--key", "a b")),
        (REFUSED, "key_form", (*PAY, "1000", "--key", "x" * 201)),
        (REFUSED, "key_form", (*PAY, "1000", "--key", "ü")),
        (REFUSED, "key_reused", (*PAY, "1001", "--key", "first")),
        (REFUSED, "key_reused", ("payment", "add", "BUDI2", "1000", "--key", "first")),
        (REFUSED, "key_reused", (*PAY, "1000", "--on", "2026-09-01", "--key", "first")),
        (REFUSED, "key_reused", (*PAY, "1000", "--note", "x", "--key", "first")),
        (REFUSED, "key_reused", ("deposit", "add", "BUDI", "1000", "--key", "first")),
        (REFUSED, "key_reused", ("payment", "void", "1", "--reason", "x", "--key", "first")),
    ],
)  # fmt: skip
def test_texts_and_keys(kos: Kos, status: int, code: str, words: tuple[str, ...]) -> None:
    kos.refused(status, code, *words)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (REFUSED, "room_full", ("tenant", "assign", "BUDI2", "A1")),
        (REFUSED, "room_full", ("tenant", "assign", "BUDI2", "A1", "--from", "2030-01-01")),
        (REFUSED, "tenant_housed", ("tenant", "assign", "BUDI", "A2")),
        (REFUSED, "room_elsewhere", ("tenant", "assign", "BUDI2", "KOSB/A1")),
        (REFUSED, "same_room", ("tenant", "move", "BUDI", "A1")),
        (REFUSED, "move_before_start", ("tenant", "move", "BUDI", "A2", "--on", "2026-08-15")),
        (REFUSED, "room_value", ("tenant", "assign", "BUDI2", "A2", "--rent", "-5")),
        (REFUSED, "room_value", ("room", "edit", "KOSA/A2", "--capacity", "51")),
        (REFUSED, "room_exists", ("room", "edit", "KOSA/A2", "--number", "A1")),
        (REFUSED, "room_exists", ("room", "add", "a1", "--rent", "1000", "--property", "KOSA")),
        (REFUSED, "room_in_use", ("room", "status", "KOSA/A1", "renovation")),
        (REFUSED, "room_in_use", ("room", "archive", "KOSA/A1", "--yes")),
        (REFUSED, "tenant_housed", ("tenant", "archive", "BUDI", "--yes")),
        (REFUSED, "tenant_exists", ("tenant", "edit", "BUDI", "--code", "budi2")),
        (REFUSED, "tenant_exists", ("tenant", "add", "Ani", "--code", "BUDI", "--property", "KOSA")),
        (REFUSED, "property_exists", ("property", "add", "kosa", "x")),
        (REFUSED, "property_in_use", ("property", "archive", "KOSA", "--yes")),
        (REFUSED, "deposit_exceeded", ("deposit", "refund", "BUDI", "1000")),
        (REFUSED, "deposit_exceeded", ("deposit", "apply", "BUDI", "1000")),
        (USAGE, "billing_day_invalid", ("tenant", "assign", "BUDI2", "A2", "--billing-day", "32")),
        (USAGE, "billing_day_invalid", ("lease", "billing-day", "BUDI", "0", "--from", "today")),
        (USAGE, "policy", ("property", "edit", "KOSA", "--billing-day", "32")),
        (USAGE, "policy", ("property", "edit", "KOSA", "--grace-days", "61")),
        (USAGE, "policy", ("property", "edit", "KOSA", "--rounding", "0")),
        (USAGE, "policy", ("property", "add", "KOSZ", "x", "--currency", "RUPIAH")),
        (USAGE, "timezone_unknown", ("property", "add", "KOSZ", "x", "--timezone", "../../etc/passwd")),
        (USAGE, "timezone_unknown", ("property", "add", "KOSZ", "x", "--timezone", "")),
        (USAGE, "confirmation_needed", ("tenant", "archive", "BUDI2")),
        (USAGE, "confirmation_needed", ("room", "archive", "KOSA/A2")),
    ],
)  # fmt: skip
def test_what_a_rule_refuses(kos: Kos, status: int, code: str, words: tuple[str, ...]) -> None:
    kos.refused(status, code, *words)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("bad_value", ("tenant", "list", "--limit", "0")), ("bad_value", ("tenant", "list", "--limit", "-1")),
        ("bad_value", ("tenant", "list", "--limit", "abc")), ("bad_value", ("tenant", "list", "--limit", "")),
        ("bad_value", ("tenant", "list", "--limit", "1.5")), ("bad_value", ("tenant", "list", "--limit", LONG)),
        ("bad_value", ("tenant", "list", "--property", "")), ("bad_value", ("tenant", "list", "--fields", " ")),
        ("bad_value", ("tenant", "list", "--sort", "gold")), ("bad_value", ("balance", "list", "--status", "gold")),
        ("bad_value", ("charge", "list", "--kind", "gold")), ("bad_value", ("room", "status", "KOSA/A1", "occupied")),
        ("bad_value", ("tenant", "move-out", "BUDI", "--refund", "all")),
        ("bad_value", ("room", "add", "A9", "--rent", "1", "--capacity", "two", "--property", "KOSA")),
        ("bad_value", ("room", "add", "A9", "--rent", "1", "--capacity", "-1", "--property", "KOSA")),
        ("bad_cursor", ("tenant", "list", "--after", "x", "--all")),
        ("bad_cursor", ("tenant", "list", "--after", "x")), ("bad_cursor", ("tenant", "list", "--after", "")),
        ("bad_cursor", ("payment", "list", "--after", "WzFd")), ("bad_cursor", ("payment", "list", "--after", "NQ")),
        ("bad_cursor", ("charge", "list", "--after", "e30")), ("bad_cursor", ("room", "list", "--after", "bnVsbA")),
        ("bad_cursor", ("balance", "list", "--after", "W1tbW1s" * 9000)),
        ("unknown_field", ("tenant", "list", "--fields", "nope")),
        ("unknown_field", ("tenant", "list", "--fields", "name,,id")),
        ("unknown_field", ("payment", "add", "BUDI", "1000", "--fields", "salary")),
        ("no_such_option", ("tenant", "list", "--wrong")), ("no_such_option", ("payment", "add", "BUDI", "1", "-z")),
        ("no_such_option", ("tenant", "list", "--dry-run")), ("no_such_option", ("tenant", "add", "Ani", "--key", "k")),
        ("missing", ("payment", "add", "BUDI")), ("missing", ("tenant", "add")), ("missing", ("room", "add", "A9")),
        ("missing", ("payment", "void", "1")), ("missing", ("lease", "rent", "BUDI", "1000")),
        ("extra_words", ("payment", "add", "BUDI", "1", "000")), ("extra_words", ("tenant", "add", "Budi", "Santoso")),
        ("no_such_command", ("tenant", "nope")), ("no_such_command", ("nope",)),
        ("value_needed", ("tenant", "list", "--limit")),
        ("value_not_needed", ("tenant", "list", "--all=yes")),
    ],
)  # fmt: skip
def test_command_lines(kos: Kos, code: str, words: tuple[str, ...]) -> None:
    if code == "value_needed":  # what follows would be taken for the value
        done = kos.run(*words)
        assert (done.status, done.out) == (USAGE, "")
        assert_one_line(done.err)
        return
    kos.refused(USAGE, code, *words)


def test_a_cursor_belongs_to_its_list(kos: Kos) -> None:
    cursor = kos.get("tenant", "list", "--limit", "1")["next"]
    assert cursor
    assert kos.get("tenant", "list", "--limit", "1", "--after", cursor)["items"]
    for words in (
        ("tenant", "list", "--sort", "name"), ("tenant", "list", "--property", "KOSA"),
        ("tenant", "list", "--archived"), ("room", "list"), ("lease", "list"),
        ("payment", "list"), ("charge", "list"), ("deposit", "list"),
        ("balance", "list"), ("balance", "list", "--sort", "name"), ("balance", "aging"), ("property", "list"),
        ("tenant", "history", "BUDI"),
    ):  # fmt: skip
        kos.refused(USAGE, "bad_cursor", *words, "--after", cursor)


def test_a_cursor_that_was_tampered_with_is_refused(kos: Kos) -> None:
    cursor = kos.get("tenant", "list", "--sort", "name", "--limit", "1")["next"]
    digest, *_values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for values in (
        [], ["x"], ["x", "y"], ["x", None], [None, 1], ["x", 1, 1], ["x\x00", 1], ["x", 10**30], ["x", {}], [[], 1],
        ["x", 1.5], [{"a": 1}, 2], ["\ud800", 1], ["x", True],
    ):  # fmt: skip
        changed = base64.urlsafe_b64encode(json.dumps([digest, *values]).encode()).decode().rstrip("=")
        done = kos.run("tenant", "list", "--sort", "name", "--after", changed)
        assert done.status in (0, USAGE), (values, done)
        if done.status:
            assert_one_line(done.err)


def test_names_that_look_like_markup_are_shown_as_they_are(kos: Kos) -> None:
    name = "[/][@click=app.quit]Ani[bold]"
    dry = ("tenant", "add", name, "--property", "KOSA", "--dry-run")
    for form in ("table", "json", "csv", "tsv"):
        assert name in kos.do(*dry, "-o", form, "--color", "always"), form


def test_a_dash_in_front_of_a_name_needs_the_usual_two_dashes(kos: Kos) -> None:
    kos.refused(USAGE, "no_such_option", "tenant", "add", "-Ani", "--property", "KOSA")
    assert (
        kos.do("tenant", "add", "--dry-run", "--property", "KOSA", "--fields", "name", "--", "-Ani") == "name\n-Ani\n"
    )
