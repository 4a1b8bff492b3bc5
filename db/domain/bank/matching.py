"""Whose money a line may be: candidates with a score and the reasons, so that a person can judge.

Nothing is sure by its amount alone, since ten rooms have the same rent. A payment that somebody has already recorded
by hand comes first: booked once more, the tenant would have paid twice.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from db.domain.bank.rules import Rule, first_fitting
from db.domain.bank.words import STOP, folded, words_of

Kind = Literal["link", "tenant", "category", "ignore"]
# From here on a candidate is sure, if it is the only one; days between a payment by hand and its line.
SURE, NEAR = 80, 3
_POINTS = {"rule": 100, "name": 50, "phone": 50, "code": 40, "name_part": 25, "bill": 40, "balance": 40, "rent": 30,
           "recorded": 40}  # fmt: skip
_TAIL, _CUT, _FEW = 7, 3, 5
_CATEGORIES = {
    "electricity": ("pln", "listrik", "token"),
    "water": ("pdam", "pam", "air"),
    "internet": ("indihome", "telkom", "biznet", "internet", "wifi", "firstmedia"),
    "tax": ("pajak", "pbb"),
    "transfer": ("tarikan", "penarikan"),
    "other": ("adm", "admin"),
}


class Payer(NamedTuple):
    """A tenant as a line may tell of him; `bills` are the open amounts."""

    tenant_id: int
    code: str
    name: str
    phone: str | None
    room: str | None
    balance: Decimal
    rent: Decimal | None
    bills: frozenset[Decimal] = frozenset()


class Recorded(NamedTuple):
    """A payment that no line was matched with yet."""

    payment_id: int
    tenant_id: int
    paid_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a line may be. `code` is the tenant's, the category, or why it is ignored; `reasons` are words of ours."""

    kind: Kind
    score: int
    reasons: tuple[str, ...]
    code: str
    name: str | None = None
    tenant_id: int | None = None
    payment_id: int | None = None
    room: str | None = None


def candidates(
    day: date,
    amount: Decimal,
    description: str,
    payers: Sequence[Payer],
    recorded: Iterable[Recorded],
    rules: Sequence[Rule],
) -> list[Candidate]:
    """What the line may be, the likeliest first."""
    rule = first_fitting(rules, description)
    if rule is not None and rule.action == "ignore":
        return [Candidate("ignore", _POINTS["rule"], ("rule",), rule.value)]
    if amount < 0:
        return _spent(description, rule)
    near = [one for one in recorded if one.amount == amount and abs((one.paid_on - day).days) <= NEAR]
    found = [one for payer in payers for one in _of_payer(payer, amount, description, rule, near)]
    found.sort(key=lambda one: (-one.score, one.kind != "link", one.code, one.payment_id or 0))
    return found[:_FEW]


def sure(found: Sequence[Candidate], least: int = SURE) -> Candidate | None:
    """The one candidate that reaches `least`, or None if there is none or more than one."""
    reaching = [one for one in found if one.score >= least]
    return reaching[0] if len(reaching) == 1 else None


def _of_payer(
    payer: Payer, amount: Decimal, description: str, rule: Rule | None, near: Sequence[Recorded]
) -> list[Candidate]:
    who = _who(payer, description, rule)
    mine = [one for one in near if one.tenant_id == payer.tenant_id]
    if mine:
        # The payment in the book is this money: it is linked or nothing.
        return [_candidate("link", payer, (*who, "recorded"), one.payment_id) for one in mine]
    what = next(
        (name for name, fits in (("bill", amount in payer.bills), ("balance", amount == payer.balance),
                                 ("rent", amount == payer.rent)) if fits), None,
    )  # fmt: skip
    reasons = (*who, *((what,) if what else ()))
    return [_candidate("tenant", payer, reasons)] if reasons else []


def _candidate(kind: Kind, payer: Payer, reasons: tuple[str, ...], payment_id: int | None = None) -> Candidate:
    score = sum(_POINTS[reason] for reason in reasons)
    return Candidate(kind, score, reasons, payer.code, payer.name, payer.tenant_id, payment_id, payer.room)


def _who(payer: Payer, description: str, rule: Rule | None) -> tuple[str, ...]:
    """What says that it is this tenant."""
    found = []
    if rule is not None and rule.action == "tenant" and rule.value.upper() == payer.code:
        found.append("rule")
    named = _named(words_of(payer.name), words_of(description))
    if named:
        found.append(named)
    elif len(payer.code) >= _CUT and payer.code.lower() in re.split(r"[^a-z0-9._-]+", folded(description)):
        found.append("code")
    digits = "".join(char for char in payer.phone or "" if char.isdigit())
    if len(digits) >= _TAIL and digits[-_TAIL:] in re.sub(r"[ .-]", "", description):
        found.append("phone")
    return tuple(found)


def _named(name: Sequence[str], words: Sequence[str]) -> str | None:
    """Whether the words hold the name: whole, its last word perhaps cut off by the bank, or a part of it."""
    if not name:
        return None
    held = [word for word in name if word in words]
    cut = bool(words) and len(words[-1]) >= _CUT and any(word.startswith(words[-1]) for word in name[1:])
    whole = len(held) == len(name) or (len(held) == len(name) - 1 and cut and words[-1] not in held)
    if whole and (len(name) > 1 or len(name[0]) >= _CUT) and not set(name) <= STOP:
        return "name"
    return "name_part" if any(len(word) > _CUT and word not in STOP for word in held) else None


def _spent(description: str, rule: Rule | None) -> list[Candidate]:
    if rule is not None and rule.action == "category":
        return [Candidate("category", _POINTS["rule"], ("rule",), rule.value)]
    words = set(words_of(description))
    return [
        Candidate("category", _POINTS["name"], ("words",), category)
        for category, known in _CATEGORIES.items()
        if words & set(known)
    ]
