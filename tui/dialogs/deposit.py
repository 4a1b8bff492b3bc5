"""A tenant's deposit (R8): money held apart from the rent, taken, used to pay charges, or given back."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from db.domain.methods import CASH, METHODS
from locales.catalogs import N_, _
from locales.formats import money
from tui.account import Who
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.effects import filled_told
from tui.dialogs.entries import TODAY, Entry, Given, Typed, amount, day, plain, spoken
from tui.dialogs.oneof import OneOf
from tui.dialogs.tenantform import TenantForm

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.domain.deposit import DepositState
    from db.repositories.lookup import TenantRef

SAID = {"add": N_("take"), "apply": N_("pay charges"), "refund": N_("give back")}


class DepositDialog(TenantForm):
    """One line says which of the three it is; where all that is there is usual, the amount stands there then."""

    TITLE = N_("Deposit of {name}")
    ENTRIES = (
        Entry("what", N_("What"), choices=tuple(SAID), said=lambda code: _(SAID[code])),
        Entry("amount", N_("Amount"), amount, needed=True),
        Entry("on", N_("Date"), day, "--on", usual=TODAY),
        Entry("method", N_("Method"), option="--method", usual=CASH, choices=METHODS),
        Entry("note", N_("Note"), option="--note"),
    )
    COMMAND = "ekost deposit"
    OPERATION = "tui.deposit"

    def __init__(self, book: Book, who: Who) -> None:
        super().__init__(book, who)
        self._state: DepositState | None = None

    def read_subject(self, conn: "Connection") -> "TenantRef":
        """The tenant, and what is held."""
        from db.services.deposits import deposit_state

        subject = super().read_subject(conn)
        self._state = deposit_state(conn, subject.id)
        return subject

    def title_text(self) -> str:
        """Whose, and what is held now."""
        if self.subject is None or self._state is None:
            return super().title_text()
        return f"{super().title_text()} ({money(self._state.held, self.subject.currency)})"

    def command_line(self, subject: "TenantRef", typed: Typed) -> str:
        """`ekost deposit apply BUDI 100000`: what is done is a command of its own."""
        before, behind = self.command_words(subject)
        if typed["what"] == "apply":
            typed = {**typed, "method": CASH}
        return " ".join([self.COMMAND, typed["what"], *before, *spoken(self.ENTRIES[1:], typed), *behind])

    def prefill(self, subject: "TenantRef") -> Typed:
        """What is owed is paid as far as the deposit goes; what is given back is all of it."""
        if self._state is None:
            return {}
        pays, _rest = self._state.settlement(subject.outstanding_balance)
        usual = {"add": Decimal(0), "apply": pays, "refund": self._state.held}[self.lines.typed["what"]]
        return {"amount": plain(usual) if usual else ""}

    @on(OneOf.Changed)
    def suggest(self) -> None:
        """The usual amount of what was chosen, unless somebody has typed one."""
        if self.subject is not None:
            self.lines.fill(self.prefill(self.subject))

    def carry_out(self, conn: "Connection", subject: "TenantRef", given: Given) -> int:
        """Post it; the number is the entry's."""
        from db.services.deposits import add_deposit, apply_deposit, refund_deposit

        told = {"note": given["note"]}
        if given["what"] == "apply":
            return apply_deposit(conn, subject, given["amount"], given["on"], **told)
        post = {"add": add_deposit, "refund": refund_deposit}[given["what"]]
        return post(conn, subject, given["amount"], given["on"], method=given["method"], **told)

    def effect(self, conn: "Connection", subject: "TenantRef", given: Given, number: int) -> Iterator[str]:
        """What is held, what is paid with it, and the balance behind it."""
        from db.repositories.deposits import Deposits

        entry, currency = Deposits(conn).row(number), subject.currency
        before = self._state.held if self._state else Decimal(0)
        told = _("Deposit held: {before} → {after}")
        yield told.format(before=money(before, currency), after=money(entry.held, currency))
        if entry.payment_id is not None:
            yield from filled_told(conn, subject.id, entry.payment_id, currency, payment=True)
        yield self.balance_behind(conn, subject)

    def done(self, subject: "TenantRef", given: Given, number: int) -> Done:
        """Posted; what was paid with it can be taken back, and is deposit again then."""
        told = {
            "add": _("A deposit of {amount} is taken."),
            "apply": _("{amount} of the deposit pay charges."),
            "refund": _("{amount} of the deposit are given back."),
        }[given["what"]].format(amount=money(given["amount"], subject.currency))
        undo = partial(_return, number) if given["what"] == "apply" else None
        return Done(told, undo, _("The money is deposit again."))


def _return(number: int, conn: "Connection") -> int:
    from db.repositories.deposits import Deposits
    from db.services.reversals import void_payment

    payment = Deposits(conn).row(number).payment_id
    assert payment is not None  # noqa: S101 - what is applied is a payment
    return void_payment(conn, payment, _("taken back at once"))
