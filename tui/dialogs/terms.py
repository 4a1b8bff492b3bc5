"""What a lease costs from a day on (R4, R5): another rent, another billing day. What is posted stands."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from locales.catalogs import N_, _
from locales.formats import date_short, money
from tui.account import Who, span_told
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.entries import TODAY, Entry, Given, Typed, amount, day, whole
from tui.dialogs.tenantform import TenantForm

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from db.domain.rent import Terms
    from db.repositories.leases import Lease
    from db.repositories.lookup import TenantRef

FROM = Entry("from", N_("From"), day, "--from", needed=True)
# Coming rents that a preview tells, and the days ahead among which they are.
FEW, AHEAD = 3, timedelta(days=400)


class TermsForm(TenantForm):
    """The number of what came of it is the lease's."""

    SAVE = N_("Save changes")
    NOW: ClassVar[str]

    def __init__(self, book: Book, who: Who) -> None:
        super().__init__(book, who)
        self._lease: Lease | None = None

    def read_subject(self, conn: "Connection") -> "TenantRef":
        """The tenant, and what is in force today. Raises NoLeaseError."""
        from db.services.leases import lease_on

        subject = super().read_subject(conn)
        self._lease = lease_on(conn, subject, subject.today, lock=False)
        return subject

    def title_text(self) -> str:
        """Whose terms, and how they are now."""
        if self.subject is None or self._lease is None:
            return super().title_text()
        return f"{super().title_text()} ({self.term(self._lease.terms_on(self.subject.today), self.subject.currency)})"

    def term(self, terms: "Terms", currency: str) -> str:
        """What is changed, as it is in some terms."""
        raise NotImplementedError

    def prefill(self, subject: "TenantRef") -> Typed:
        """From the next period on."""
        return {"from": _(TODAY)}

    def effect(self, conn: "Connection", subject: "TenantRef", given: Given, number: int) -> Iterator[str]:
        """From which period on, what is charged then, and that the balance is as it was."""
        from db.services.leases import get_lease

        lease = get_lease(conn, number)
        first = _first(lease, given["from"])
        if coming := list(_coming(lease, first, subject.currency)):
            before, after = (self.term(one.terms_on(first), subject.currency) for one in (self._lease or lease, lease))
            told = _("From the period of {date} on: {before} → {after}")
            yield told.format(date=date_short(first), before=before, after=after)
            yield from coming
        else:
            yield _("The lease ends before another period begins.")
        yield self.balance_behind(conn, subject)


class RentDialog(TermsForm):
    """A new rent; a tenant who shared a room's rent has a price of their own from then on."""

    TITLE = N_("New rent of {name}")
    ENTRIES = (Entry("amount", N_("Rent a month"), amount, needed=True), FROM)
    COMMAND = "ekost lease rent"
    OPERATION = "tui.rent"

    def term(self, terms: "Terms", currency: str) -> str:
        """The rent."""
        return money(terms.monthly_rent, currency)

    def carry_out(self, conn: "Connection", subject: "TenantRef", given: Given) -> int:
        """Change it."""
        from db.services.leases import change_rent

        return change_rent(conn, subject, given["amount"], given["from"]).id

    def done(self, subject: "TenantRef", given: Given, number: int) -> Done:
        """Changed."""
        rent = money(given["amount"], subject.currency)
        return Done(_("The rent of {name} becomes {amount}.").format(name=subject.name, amount=rent))


class BillingDayDialog(TermsForm):
    """Another day of the month, with one bridging charge for the days between."""

    TITLE = N_("Another billing day for {name}")
    ENTRIES = (Entry("day", N_("Billing day"), whole, needed=True), FROM)
    COMMAND = "ekost lease billing-day"
    OPERATION = "tui.billing-day"

    def term(self, terms: "Terms", currency: str) -> str:
        """The day of the month."""
        return _("day {day}").format(day=terms.billing_day)

    def carry_out(self, conn: "Connection", subject: "TenantRef", given: Given) -> int:
        """Change it."""
        from db.services.leases import change_billing_day

        return change_billing_day(conn, subject, given["day"], given["from"]).id

    def done(self, subject: "TenantRef", given: Given, number: int) -> Done:
        """Changed."""
        return Done(_("{name} will be billed on day {day}.").format(name=subject.name, day=given["day"]))


def _first(lease: "Lease", wanted: "date") -> "date":
    """The start of the first period that can be another one: what is posted stands."""
    from db.domain.rent import accrues_from

    return accrues_from(lease.terms, lease.starts_on, max(wanted, lease.next_period_on or wanted))


def _coming(lease: "Lease", since: "date", currency: str) -> Iterator[str]:
    """The next rents, each for its days."""
    from db.domain.rent import rent_due

    dues = rent_due(lease.terms, lease.starts_on, lease.ends_on, lease.policy, since=since, until=since + AHEAD)
    for due in islice(dues, FEW):
        part = f" ({due.days}/{due.of_days})" if due.days != due.of_days else ""
        yield f"{span_told(due.period.start, due.period.end)}{part} {money(due.amount, currency)}"
