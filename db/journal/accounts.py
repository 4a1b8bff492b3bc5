"""Names of accounts that hledger and beancount both take, and that stay the same from one journal to the next.

Each part begins with a capital or a digit and has letters, digits and hyphens only. Codes have capitals, digits,
hyphens and underscores: small letters are free to stand for what is not allowed, so two codes never become one.
"""

import re
import unicodedata

# Where the money of a payment goes.
METHODS = {"transfer": "Bank"}
# Entries that are neither earned nor spent.
_NOT_EARNED = {"opening": "Equity:Opening", "refund": "Assets:Refunds"}
_ODD = re.compile(r"[^A-Za-z0-9-]")
_LONGEST = 120


def part(code: str) -> str:
    """A code as a part of a name: A_B becomes AuB, -A becomes 0x-A; all others stay as they are."""
    named = _ODD.sub("u", code)
    return named if named[:1].isupper() or named[:1].isdigit() else f"0x{named}"


def word(kind: str) -> str:
    """A kind or method as a part of a name: late_fee becomes LateFee."""
    return "".join(piece.capitalize() for piece in kind.split("_"))


def receivable(prop: str, tenant: str) -> str:
    """What a tenant owes."""
    return f"Assets:Receivable:{part(prop)}:{part(tenant)}"


def deposit(prop: str, tenant: str) -> str:
    """What is held of a tenant's deposit, and owed back."""
    return f"Liabilities:Deposits:{part(prop)}:{part(tenant)}"


def deposit_money(prop: str) -> str:
    """Where the money of deposits is kept: where nobody told by which method it came."""
    return f"Assets:Deposits:{part(prop)}"


def opening(prop: str) -> str:
    """What was there before the book, or the journal, begins."""
    return f"Equity:Opening:{part(prop)}"


def against_charge(kind: str, prop: str) -> str:
    """What stands against a charge: an income, or what was there before, or money given back."""
    return f"{_NOT_EARNED.get(kind) or f'Income:{word(kind)}'}:{part(prop)}"


def money(method: str, prop: str) -> str:
    """Where money is that came or went by a method."""
    return f"Assets:{METHODS.get(method) or word(method)}:{part(prop)}"


def spent(category: str, prop: str) -> str:
    """What was spent on something; what was only moved elsewhere is no cost."""
    return f"{'Assets:Transfers' if category == 'transfer' else f'Expenses:{word(category)}'}:{part(prop)}"


def difference(prop: str) -> str:
    """What cash was more than it should have been; less, if it is negative."""
    return f"Income:CashDifference:{part(prop)}"


def harmless(text: str) -> str:
    """Words of a person as neither program takes them for anything else: tags, dates, quotes, comments.

    Letters of every script, digits and a few signs stay; each other one becomes an underscore.
    """
    kept = (sign if unicodedata.category(sign)[0] in "LMN" or sign in " .-'/&+" else "_" for sign in text[:_LONGEST])
    return " ".join("".join(kept).split())
