"""What a change has done to a tenant's account, told inside the transaction that did it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from locales.catalogs import _
from locales.explaining import explain_details
from locales.formats import date_short, money
from locales.statuses import kind_word
from tui.account import span_told

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.ledger import ChargeRow

# So many charges are told one by one.
FEW = 12


def posted_told(conn: "Connection", tenant_id: int) -> Iterator[str]:
    """Every charge, credit and reversal that this transaction posted, in the order of the ledger."""
    from db.repositories.ledger import Ledger

    page = Ledger(conn).charges(tenant_id=tenant_id, just_posted=True, limit=FEW)
    yield from map(_posted, reversed(page.items))
    if page.next is not None:
        yield _("… and more")


def balance_told(conn: "Connection", tenant_id: int, before: Decimal, currency: str) -> str:
    """The balance as it was and as it is."""
    from db.repositories.balances import Balances

    after = Balances(conn).row(tenant_id).outstanding_balance
    return _("Balance: {before} → {after}").format(before=money(before, currency), after=money(after, currency))


def filled_told(conn: "Connection", tenant_id: int, number: int, currency: str, *, payment: bool) -> list[str]:
    """What an entry fills, or what fills it."""
    from db.domain.explain import explain
    from db.repositories.entries import Entries

    entries = Entries(conn).of_tenants([tenant_id])[tenant_id]
    for line in explain(entries.charges, entries.payments).lines:
        if line.entry.id == number and hasattr(line.entry, "kind") != payment:
            return list(explain_details(line, currency))
    return []


def _posted(row: "ChargeRow") -> str:
    word = _("taken back: {what}").format(what=kind_word(row.kind)) if row.reverses_id else kind_word(row.kind)
    return f"{word} {_days(row)} {money(row.amount, row.currency)}"


def _days(row: "ChargeRow") -> str:
    """`15/01/2026 - 31/01/2026 (17/31)`, or the day on which it is due."""
    days = f" ({row.days}/{row.of_days})" if row.of_days and row.days != row.of_days else ""
    return (span_told(row.period_start, row.period_end) or date_short(row.due_on)) + days
