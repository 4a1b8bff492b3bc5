"""Corrections (R11): one reversing entry with a reason; nothing is edited, and a reversal is final."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from locales.catalogs import N_, _
from locales.formats import money
from locales.safe import safe
from locales.statuses import kind_word
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.effects import balance_told
from tui.dialogs.entries import Entry, Given
from tui.dialogs.form import FormDialog

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.ledger import ChargeRow, PaymentRow
    from db.repositories.lookup import TenantRef


class Wrong(NamedTuple):
    """An entry that is to be taken back, and whose it is."""

    entry: "PaymentRow | ChargeRow"
    tenant: "TenantRef"


class VoidForm(FormDialog[Wrong]):
    """Asks for the reason."""

    SAVE = N_("Take back")
    ENTRIES = (Entry("reason", N_("Reason"), option="--reason", needed=True),)

    def __init__(self, book: Book, number: int) -> None:
        super().__init__(book)
        self.number = number

    def title_text(self) -> str:
        """Which entry, of whom."""
        if self.subject is None:
            return _("Take back #{number}").format(number=self.number)
        entry = self.subject.entry
        return _("Take back {what} #{number}: {amount} of {name}").format(
            what=kind_word(getattr(entry, "kind", "payment")), number=self.number,
            amount=money(entry.amount, entry.currency), name=safe(entry.tenant_name),
        )  # fmt: skip

    def read_entry(self, conn: "Connection") -> "PaymentRow | ChargeRow":
        """The entry. Raises NotFoundError."""
        raise NotImplementedError

    def read_subject(self, conn: "Connection") -> Wrong:
        """The entry with its tenant, who may be gone."""
        from db.repositories.lookup import find_tenant

        entry = self.read_entry(conn)
        return Wrong(entry, find_tenant(conn, entry.tenant, entry.property, archived=True))

    def command_words(self, subject: Wrong) -> tuple[list[str], list[str]]:
        """The entry's number."""
        return [str(self.number)], []

    def effect(self, conn: "Connection", subject: Wrong, given: Given, number: int) -> Iterator[str]:
        """What is taken back, and the balance behind it."""
        entry, tenant = subject
        amount = money(-entry.amount, entry.currency)
        yield _("A reversing entry of {amount} is posted today.").format(amount=amount)
        yield balance_told(conn, tenant.id, tenant.outstanding_balance, tenant.currency)


class VoidPaymentDialog(VoidForm):
    """A payment that was not one."""

    COMMAND = "ekost payment void"
    OPERATION = "tui.void-payment"

    def read_entry(self, conn: "Connection") -> "PaymentRow":
        """The payment. Raises PaymentNotFoundError."""
        from db.repositories.ledger import Ledger
        from db.services.reversals import PaymentNotFoundError

        if (entry := Ledger(conn).payment(self.number)) is None:
            raise PaymentNotFoundError(id=self.number)
        return entry

    def carry_out(self, conn: "Connection", subject: Wrong, given: Given) -> int:
        """Reverse it."""
        from db.services.reversals import void_payment

        return void_payment(conn, self.number, given["reason"])

    def done(self, subject: Wrong, given: Given, number: int) -> Done:
        """Reversed."""
        return Done(_("Payment #{number} is taken back.").format(number=self.number))


class VoidChargeDialog(VoidForm):
    """A charge that was not owed."""

    COMMAND = "ekost charge void"
    OPERATION = "tui.void-charge"

    def read_entry(self, conn: "Connection") -> "ChargeRow":
        """The charge. Raises ChargeNotFoundError."""
        from db.repositories.ledger import Ledger
        from db.services.reversals import ChargeNotFoundError

        if (entry := Ledger(conn).charge(self.number)) is None:
            raise ChargeNotFoundError(id=self.number)
        return entry

    def carry_out(self, conn: "Connection", subject: Wrong, given: Given) -> int:
        """Reverse it."""
        from db.services.reversals import void_charge

        return void_charge(conn, self.number, given["reason"])

    def done(self, subject: Wrong, given: Given, number: int) -> Done:
        """Reversed."""
        return Done(_("Charge #{number} is taken back.").format(number=self.number))
