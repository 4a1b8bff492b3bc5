"""One tenant: how they stand, period by period, every entry, the deposit, where they lived, how to reach them, what was
noted, and what happened."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from db.repositories.pages import Page
from locales import records
from locales.catalogs import N_, _
from locales.fields import Field
from locales.formats import phone_local
from tui.account import Account, Who, card_told, read_account
from tui.details.detail import DetailScreen
from tui.details.entries import LEDGER, PERIODS, LedgerLine, PeriodLine, ledger_lines, period_lines
from tui.details.happenings import COLUMNS, teller
from tui.details.noted import note_of, notes_view
from tui.details.view import View, sliced
from tui.listings.signs import PAID
from tui.things import Paid, Things, Where, things_in
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import TenantRef


class Contact(NamedTuple):
    """One way to reach somebody."""

    what: str
    value: str


def _periods(conn: "Connection", who: Who, cut: Cut) -> Page[Any]:
    account = read_account(conn, who)
    return sliced(period_lines(account.explanation, account.row.currency), cut)


def _ledger(conn: "Connection", who: Who, cut: Cut) -> Page[Any]:
    account = read_account(conn, who)
    return sliced(ledger_lines(account.explanation, account.row.currency), cut)


def _tenant(conn: "Connection", who: Who) -> "TenantRef":
    from db.repositories.lookup import find_tenant

    return find_tenant(conn, who.code, who.property)


def _deposits(conn: "Connection", who: Who, cut: Cut) -> Page[Any]:
    from db.repositories.deposits import Deposits

    return Deposits(conn).page(tenant_id=_tenant(conn, who).id, after=cut.after, limit=cut.limit, way=cut.way)


def _rooms(conn: "Connection", who: Who, cut: Cut) -> Page[Any]:
    from db.repositories.rooms import Rooms

    return Rooms(conn).leases(tenant_id=_tenant(conn, who).id, after=cut.after, limit=cut.limit, way=cut.way)


def _history(conn: "Connection", who: Who, cut: Cut) -> Page[Any]:
    from db.repositories.happened import happened_to_tenant

    found = _tenant(conn, who)
    page = happened_to_tenant(conn, found.id, after=cut.after, limit=cut.limit, way=cut.way)
    return page.mapped(teller(found.currency))


def _contact(conn: "Connection", who: Who, cut: Cut) -> Page[Any]:
    account = read_account(conn, who)
    row, detail = account.row, account.detail
    lines = [
        *_phone(_("Phone"), row.phone),
        Contact(_("E-mail"), row.email or ""),
        Contact(_("National id"), detail.national_id or ""),
        Contact(_("Emergency contact"), detail.emergency_name or ""),
        *_phone(_("Emergency phone"), detail.emergency_phone),
    ]
    return sliced([line for line in lines if line.value], cut)


def _phone(label: str, phone: str | None) -> Iterator[Contact]:
    if phone:
        yield Contact(label, phone_local(phone))
        yield Contact("WhatsApp", f"https://wa.me/{phone.removeprefix('+')}")


class TenantDetail(DetailScreen[Account]):
    """A tenant by code."""

    VIEWS = (
        View(
            N_("Periods"),
            picked(PERIODS, period=(0, 24), what=(1, 16), due_on=3, amount=0, state=0, open=2, signs={"state": PAID}),
            _periods, lambda row: (row.charge is None, row.number),
            "ekost charge list --tenant {code} --property {property}", N_("There is nothing on this account."),
        ),
        View(
            N_("Ledger"), picked(LEDGER, on=0, what=(0, 24), change=0, balance=0, details=(1, 400)),
            _ledger, lambda row: (row.kind == "payment", row.number),
            "ekost balance explain {code} --property {property}", N_("There is nothing on this account."),
        ),
        View(
            N_("Deposit"), picked(records.DEPOSITS, entry_on=0, kind=0, amount=0, payment_id=2, note=(1, 40), id=4),
            _deposits, lambda row: row.id,
            "ekost deposit list --tenant {code} --property {property}", N_("No deposit was ever taken."),
        ),
        View(
            N_("Rooms"), picked(records.LEASES, room=0, starts_on=0, ends_on=0, monthly_rent=0, billing_day=1,
                                basis=2, next_period_on=3, id=4),
            _rooms, lambda row: row.id,
            "ekost lease list --tenant {code} --property {property}", N_("No room was ever let to this tenant."),
        ),
        View(
            N_("Contact"), picked((Field("what", N_("What")), Field("value", N_("Value"))), what=0, value=(0, 200)),
            _contact, lambda row: (row.what, row.value),
            "ekost tenant show {code} --property {property}", N_("No contact is known."),
        ),
        notes_view(_tenant, "ekost note list {code} --property {property}"),
        View(
            N_("History"), COLUMNS, _history, lambda row: row.id,
            "ekost tenant history {code} --property {property}", N_("Nothing has happened yet."),
        ),
    )  # fmt: skip

    def __init__(self, who: Who, mode: str) -> None:
        super().__init__(mode)
        self.who = who

    def about(self) -> Who:
        """The tenant."""
        return self.who

    def follow(self, after: Who) -> None:
        """The tenant by another code."""
        self.who = after

    def words(self) -> dict[str, str]:
        """Code and property."""
        return self.who._asdict()

    def read_subject(self, conn: "Connection") -> Account:
        """The account."""
        return read_account(conn, self.who)

    def card_told(self, subject: Account) -> Iterator[str]:
        """Who it is and how they stand."""
        return card_told(subject)

    def things_of(self, row: Any) -> Things:
        """The tenant; and the entry or note under the cursor, if it stands."""
        things = Things(self.who) if self.subject is None else things_in(self.subject.row)
        match row:
            case LedgerLine(stands=True, kind="payment"):
                return things._replace(payment=row.number)
            case LedgerLine(stands=True):
                return things._replace(charge=row.number)
            case PeriodLine():
                return things._replace(charge=row.charge)
        return things._replace(note=note_of(row))

    def row_behind(self, row: Any) -> Any:
        """A payment of the ledger, a room that was let."""
        from db.repositories.rooms import LeaseRow

        match row:
            case LedgerLine(kind="payment"):
                return Paid(row.number)
            case LeaseRow():
                return Where(row.room, row.property)
        return None
