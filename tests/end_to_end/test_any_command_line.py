"""Command lines of likely and of nasty words: whatever is typed, the answer is one of ours and the book stays sound."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from typer.core import TyperArgument

from ekost_cli.coercion import Parameter
from ekost_cli.examples import all_verbs
from ekost_cli.parser import verb_command
from tests.end_to_end.forks import Done
from tests.end_to_end.kos import Kos, assert_one_line

# Eight processes at once in an order of their own: a long look for what nobody thought of, not a gate.
pytestmark = pytest.mark.slow
NOUNS = (
    "property", "room", "tenant", "lease", "charge", "billing", "payment", "deposit", "balance", "search", "check",
    "note", "inventory",
)  # fmt: skip
STATUSES = {0, 2, 3, 4, 5}  # 3: two of them wanted the same rows in another order, and were told so
LIKELY = {
    "tenant": "BUDI ANI CICI ED DODI", "room": "KOSA/A1 KOSA/A2 KOSA/A3 KOSB/B1 A3", "property": "KOSA KOSB",
    "number": "1 2 3 4 5 6 7 8", "amount": "1.500.000,00 1500 1,5jt 250000 0 -100", "rent": "1.500.000 2jt 0 750rb",
    "on": "today yesterday 2026-11-01 2026-10-20 2026-09-15", "from_": "today 2026-11-10 2030-12-01 2026-07-31",
    "billed_from": "2026-11-01 2030-12-15", "day": "1 5 15 31", "billing_day": "1 15 31", "reason": "mistyped",
    "kind": "water opening credit refund damage rent", "status": "renovation available paid unpaid",
    "capacity": "1 2 3", "basis": "split_room per_tenant", "code": "C9 KOSQ BUDI", "name": "Dodi Ani",
    "key": "k1 k2 k3", "due": "2026-11-30", "about": "BUDI ANI KOSA/A1 A3", "text": "drips leaks",
    "item": "Kasur Meja", "condition": "good rusak", "rest": "good aus", "found": "Kasur=good Meja=hilang",
    "refund": "none prorate", "until": "2026-12-31 2026-10-01", "since": "2026-09-01", "as_of": "2026-10-01 today",
    "limit": "1 5", "output": "json csv table id tsv ndjson", "sort": "name room created outstanding", "words": "budi",
}  # fmt: skip
NASTY = (
    "", "0", "-1", "99", "0.01", "999999999999", "1e9", "2026-02-29", "2199-12-31", "1990-01-01", "Asia/Tokyo", "USD",
    "\u202e", "\x1b[2J", "[/]", "漢字", "x" * 600, "'; drop table tenants", "%s{0}{1!r}", "\udcff", "-", "--", "nan",
    "a@b.c",
)  # fmt: skip
UNTYPED = {"--help", "--version", "--quiet", "--verbose", "--lang", "--color"}


@pytest.fixture(scope="module")
def kos(shared_kos: Kos) -> Iterator[Kos]:
    """Two houses, four tenants."""
    shared_kos.house("A1", "A2", "A3")
    shared_kos.house("B1", code="KOSB", currency="USD", timezone="Asia/Jayapura")
    shared_kos.tenant("Budi", "A1", since="2026-08-15")
    shared_kos.tenant("Ani", "A2", since="2026-10-31")
    shared_kos.tenant("Cici")
    shared_kos.tenant("Ed", "B1", code="KOSB", since="2026-09-30")
    return shared_kos


def word(chance: random.Random, param: Parameter) -> str:
    likely = LIKELY.get(param.name or "", "").split()
    return chance.choice(likely) if likely and chance.random() < 0.93 else chance.choice(NASTY)


def command_line(chance: random.Random) -> list[str]:
    path, verb = chance.choice([(path, verb) for path, verb in all_verbs() if path.split()[0] in NOUNS])
    words = path.split()
    for param in verb_command(verb).params:
        if isinstance(param, TyperArgument):
            words += [word(chance, param)] if chance.random() < 0.97 else []
            continue
        spelling = max(param.opts, key=len)
        rare = spelling in ("--after", "--fields", "--dry-run", "--property")
        if spelling not in UNTYPED and chance.random() < (0.97 if param.required else 0.05 if rare else 0.2):
            words.append(spelling if param.is_flag else f"{spelling}={word(chance, param)}")
    return words


def check_answer(words: list[str], done: Done) -> None:
    assert done.status in STATUSES or (words[0], done.status) == ("check", 1), (words, done)
    if done.status == 0 or words[0] == "check":
        return
    assert done.out == "", (words, done)
    if not done.err.startswith("{"):
        assert_one_line(done.err)
    for wrong in ("SQLSTATE", "Internal error", "The database refused"):
        assert wrong not in done.err, (words, done)


def play(kos: Kos, seed: int, rounds: int) -> Counter[int]:
    chance, seen = random.Random(seed), Counter[int]()
    for _ in range(rounds):
        lines = [command_line(chance) for _ in range(8)]
        for words, done in zip(lines, kos.race(lines), strict=True):
            check_answer(words, done)
            seen[done.status] += 1
    kos.assert_sound()
    return seen


def test_any_command_line(kos: Kos) -> None:
    assert play(kos, seed=1, rounds=12)[0] > 10


@pytest.mark.parametrize("seed", range(2, 8))
def test_any_command_line_at_length(kos: Kos, seed: int) -> None:
    assert play(kos, seed, rounds=300)[0] > 100
