"""Every command that changes something: tried with --dry-run first, and repeated with --key, it does its work once."""

from typing import Any

import pytest

from ekost_cli.examples import all_verbs
from ekost_cli.grammar import Takes
from tests.end_to_end.kos import Kos

# A life of a kos in which every writer occurs.
STORY: tuple[tuple[str, ...], ...] = (
    ("property", "add", "KOSA", "Kos Melati", "--billing-day", "1", "--grace-days", "3"),
    ("property", "edit", "KOSA", "--rounding", "500", "--name", "Kos Mawar"),
    ("room", "add", "A1", "--rent", "1.500.000", "--type", "AC"),
    ("room", "add", "A2", "--rent", "1.800.000", "--capacity", "2", "--basis", "split_room"),
    ("room", "edit", "A1", "--rent", "1.600.000", "--capacity", "2"),
    ("room", "status", "A2", "renovation"),
    ("room", "status", "A2", "available"),
    ("tenant", "add", "Budi Santoso", "--phone", "0812-0000-0001", "--national-id", "3201011503950001"),
    ("tenant", "add", "Ani"),
    ("tenant", "edit", "BUDI", "--email", "budi@example.com", "--emergency-name", "Ibu Siti"),
    ("deposit", "add", "BUDI", "1.500.000", "--note", "paid in cash"),
    ("tenant", "assign", "BUDI", "A1", "--from", "2026-08-15"),
    ("tenant", "assign", "ANI", "A2", "--from", "2026-10-20"),
    ("payment", "add", "BUDI", "2jt", "--on", "2026-09-02", "--method", "transfer", "--reference", "TRX-1"),
    ("payment", "add", "ANI", "10jt"),
    ("charge", "add", "BUDI", "112000", "--kind", "electricity", "--description", "77,5 kWh"),
    ("charge", "void", "{charge}", "--reason", "misread"),
    ("payment", "void", "{payment}", "--reason", "bounced"),
    ("deposit", "apply", "BUDI", "1jt"),
    ("deposit", "refund", "BUDI", "100rb"),
    ("note", "add", "BUDI", "asks for a second key"),
    ("note", "add", "A1", "the tap [b]drips[/b]"),
    ("note", "void", "{note}", "--reason", "mended"),
    ("inventory", "add", "A1", "Kasur", "--quantity", "2", "--on", "yesterday"),
    ("inventory", "check", "A1", "Kasur=aus", "--rest", "good", "--note", "he moved in"),
    ("inventory", "remove", "A1", "kasur", "--reason", "thrown away"),
    ("lease", "rent", "BUDI", "1.700.000", "--from", "2027-01-01"),
    ("lease", "billing-day", "BUDI", "20", "--from", "2027-01-01"),
    ("billing", "run"),
    ("tenant", "move", "BUDI", "A2", "--on", "2026-11-10"),
    ("tenant", "move-out", "BUDI", "--on", "2026-11-20", "--refund", "prorate"),
    ("tenant", "close", "BUDI", "--damage", "Kaca pecah=100000", "--refund-deposit", "--yes"),
    ("tenant", "archive", "BUDI", "--yes"),
    ("room", "archive", "A1", "--yes"),
    ("property", "add", "KOSZ", "Kos Kosong"),
    ("property", "archive", "KOSZ", "--yes"),
)
NEW_EVERY_TIME = {
    "id", "created_at", "recorded_at", "calculated_at", "reversed_by", "related_id", "payment_id", "voided_at",
    "item_id", "number", "lines",
}  # fmt: skip


def comparable(shown: dict[str, Any]) -> dict[str, Any]:
    """What a writer shows, without numbers that a sequence gives and moments."""
    return {name: value for name, value in shown.items() if name not in NEW_EVERY_TIME}


def numbered(kos: Kos, words: tuple[str, ...]) -> list[str]:
    """The words with the numbers of the last entries."""
    if not any("{" in word for word in words):
        return list(words)
    numbers = {noun: str(kos.sql(f"select max(id) from {noun}s")) for noun in ("charge", "payment", "note")}  # noqa: S608
    return [word.format_map(numbers) for word in words]


def test_the_story_holds_every_writer_of_the_book() -> None:
    told = {" ".join(words[:2]) for words in STORY}
    nouns = ("property", "room", "tenant", "lease", "charge", "billing", "payment", "deposit", "note", "inventory")
    writers = {path for path, verb in all_verbs() if Takes.DRY_RUN in verb.takes and path.split()[0] in nouns}
    assert told == writers


def test_a_dry_run_shows_the_same_and_keeps_nothing(kos: Kos) -> None:
    for words in STORY:
        line = numbered(kos, words)
        before = kos.content()
        tried, in_id = kos.race([[*line, "--dry-run", "-o", "csv"], [*line, "--dry-run", "-q", "--lang", "id"]])
        assert (tried.status, in_id.status, in_id.err) == (0, 0, ""), (words, tried, in_id)
        assert tried.err == "Nothing was kept: this was a dry run.\n"
        dry = kos.get(*line, "--dry-run")
        assert kos.content() == before, words
        real = kos.get(*line)
        assert comparable(real) == comparable(dry), words
        if words != ("billing", "run"):  # the commands before it have posted everything
            assert kos.content() != before, words
    kos.assert_sound()


@pytest.fixture
def lived(kos: Kos) -> Kos:
    """Budi in A1, owing."""
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-09-05")
    kos.do("deposit", "add", "BUDI", "1jt")
    kos.do("payment", "add", "BUDI", "1jt")
    return kos


@pytest.mark.parametrize(
    "words",
    [
        ("payment", "add", "BUDI", "1jt", "--on", "2026-10-01", "--note", "n"), ("payment", "add", "BUDI", "1jt"),
        ("charge", "add", "BUDI", "1jt", "--kind", "damage"), ("payment", "void", "1", "--reason", "bounced"),
        ("charge", "void", "1", "--reason", "mistake"), ("deposit", "add", "BUDI", "1000"),
        ("deposit", "apply", "BUDI", "1000"), ("deposit", "refund", "BUDI", "1000"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_key_does_the_work_once(lived: Kos, words: tuple[str, ...]) -> None:
    line = [*words, "--key", "key-1"]
    lived.do(*line, "--dry-run")  # leaves the key free
    first = lived.get(*line)
    kept = lived.content()
    # Written in another way, it is the same request.
    again = lived.get(*(word.replace("1jt", "Rp1.000.000,00") for word in line))
    assert again["id"] == first["id"]
    assert lived.content() == kept
    lived.refused(5, "key_reused", *(word.replace("1jt", "2jt").replace("1000", "2000").replace("mistake", "other")
                                     .replace("bounced", "other") for word in line))  # fmt: skip
    lived.assert_sound()


def test_a_repeated_key_is_answered_even_when_the_work_could_not_be_done_again(lived: Kos) -> None:
    voided = ("payment", "void", "1", "--reason", "bounced", "--key", "v")
    assert lived.get(*voided)["reversed_by"] == lived.get(*voided)["reversed_by"]
    spent = ("deposit", "refund", "BUDI", "1jt", "--key", "r")
    assert lived.get(*spent)["held"] == lived.get(*spent)["held"] == "0.00"
    lived.assert_sound()


def test_a_refused_request_leaves_its_key_free(lived: Kos) -> None:
    lived.refused(5, "deposit_exceeded", "deposit", "refund", "BUDI", "5jt", "--key", "k")
    lived.do("deposit", "refund", "BUDI", "1jt", "--key", "k")


def test_a_request_without_a_date_is_the_same_after_midnight(lived: Kos) -> None:
    today = lived.get("payment", "add", "BUDI", "5000", "--key", "nightly")
    lived.travel("2027-03-01")
    assert lived.get("payment", "add", "BUDI", "5000", "--key", "nightly")["payment_date"] == today["payment_date"]
    lived.refused(5, "key_reused", "payment", "add", "BUDI", "5000", "--on", "today", "--key", "nightly")


def test_a_change_of_nothing_changes_nothing(lived: Kos) -> None:
    kept = lived.content()
    for words in (("tenant", "edit", "BUDI"), ("room", "edit", "A1"), ("property", "edit", "KOSA")):
        lived.do(*words)
    assert lived.content() == kept
