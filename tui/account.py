"""One tenant's account: what the detail and the payment dialog ask for, and how it is said."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from locales.catalogs import _
from locales.formats import date_short, money, phone_local
from locales.safe import safe
from locales.statuses import status_word
from tui.listings.signs import PAID

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from db.domain.explain import Explanation
    from db.repositories.lookup import TenantRef
    from db.repositories.rows import TenantRow
    from db.repositories.tenants import TenantDetail


class Who(NamedTuple):
    """A tenant as lists name them: a code within a property."""

    code: str
    property: str


class Account(NamedTuple):
    """A tenant with everything that is on the account."""

    ref: "TenantRef"
    row: "TenantRow"
    detail: "TenantDetail"
    explanation: "Explanation"


def span_told(start: "date | None", end: "date | None") -> str:
    """A period by its first and its last day, or nothing; `end` is the day after the last, as everywhere."""
    if start is None or end is None:
        return ""
    return f"{date_short(start)} - {date_short(end - timedelta(days=1))}"


def read_account(conn: "Connection", who: Who) -> Account:
    """The account as it stands. Raises TenantNotFoundError."""
    from db.domain.explain import explain
    from db.repositories.entries import Entries
    from db.repositories.lookup import find_tenant
    from db.repositories.tenants import Tenants

    ref = find_tenant(conn, who.code, who.property)
    entries = Entries(conn).of_tenants([ref.id])[ref.id]
    found = Tenants(conn)
    return Account(ref, found.row(ref.id), found.detail(ref.id), explain(entries.charges, entries.payments))


def card_told(account: Account) -> Iterator[str]:
    """Who it is and how they stand, in a few lines."""
    row, detail = account.row, account.detail
    currency = row.currency
    yield f"{safe(row.name)}  {row.property}/{row.code}  " + (row.room or _("no room"))
    sign = PAID.get(detail.status, "")
    late = " · " + _("{count} days late").format(count=detail.days_overdue) if detail.days_overdue else ""
    yield f"{sign} {status_word(detail.status)}  {money(row.outstanding_balance, currency)}{late}"
    parts = []
    if row.monthly_rent is not None:
        parts.append(_("rent {amount}").format(amount=money(row.monthly_rent, currency)))
    if detail.paid_through_on is not None:
        parts.append(_("paid through {date}").format(date=date_short(detail.paid_through_on)))
    if detail.deposit_held:
        parts.append(_("deposit {amount}").format(amount=money(detail.deposit_held, currency)))
    if parts:
        yield " · ".join(parts)
    if row.phone:
        yield f"{phone_local(row.phone)}  https://wa.me/{row.phone.removeprefix('+')}"
