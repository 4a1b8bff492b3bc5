"""A payment: the amount that is due stands there already, and what it would fill is told before it is recorded."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from locales.catalogs import N_, _
from locales.formats import money
from locales.safe import safe
from tui.account import Account, Who, read_due
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.effects import balance_told, filled_told
from tui.dialogs.entries import Entry, Given, Place, Typed, amount, day
from tui.dialogs.form import FormDialog

if TYPE_CHECKING:
    from sqlalchemy import Connection

METHODS = ("cash", "transfer", "qris", "ewallet", "other")


class PayDialog(FormDialog[Account]):
    """Money that came in from a tenant."""

    ENTRIES = (
        Entry("amount", N_("Amount"), amount, needed=True),
        Entry("on", N_("Date"), day, "--on", usual="today"),
        Entry("method", N_("Method"), option="--method", usual="cash", choices=METHODS),
        Entry("reference", N_("Reference"), option="--reference"),
        Entry("note", N_("Note"), option="--note"),
    )
    COMMAND = "ekost payment add"
    OPERATION = "tui.payment"

    def __init__(self, book: Book, who: Who) -> None:
        super().__init__(book)
        self._who = who

    def title_text(self) -> str:
        """Whose payment it is."""
        return _("Payment of {name}").format(name=safe(self.subject.row.name if self.subject else self._who.code))

    def read_subject(self, conn: "Connection") -> Account:
        """The account with all rent that is due."""
        return read_due(conn, self._who)

    def place(self, subject: Account) -> Place:
        """At the tenant's property."""
        return Place(subject.ref.today, subject.ref.currency)

    def prefill(self, subject: Account) -> Typed:
        """All that is due."""
        due = subject.explanation.balance
        return {"amount": f"{due:f}".removesuffix(".00")} if due > 0 else {}

    def command_words(self, subject: Account) -> tuple[list[str], list[str]]:
        """The tenant."""
        return [self._who.code], ["--property", self._who.property]

    def carry_out(self, conn: "Connection", subject: Account, given: Given) -> int:
        """Record it."""
        from db.services.payments import record_payment

        return record_payment(
            conn, subject.ref, given["amount"], given["on"], method=given["method"],
            reference=given["reference"], note=given["note"],
        )  # fmt: skip

    def effect(self, conn: "Connection", subject: Account, given: Given, number: int) -> Iterator[str]:
        """What it fills, and the balance behind it."""
        ref = subject.ref
        filled = filled_told(conn, ref.id, number, ref.currency, payment=True)
        yield from filled or [_("It fills nothing yet: it is paid ahead.")]
        yield balance_told(conn, ref.id, subject.explanation.balance, ref.currency)

    def done(self, subject: Account, given: Given, number: int) -> Done:
        """Recorded; it can be taken back."""
        told = _("Payment #{number} of {amount} is recorded.").format(
            number=number, amount=money(given["amount"], subject.ref.currency)
        )
        undone = _("Payment #{number} is taken back.").format(number=number)
        return Done(told, partial(_void, number), undone)


def _void(number: int, conn: "Connection") -> int:
    from db.services.reversals import void_payment

    return void_payment(conn, number, _("taken back at once"))
