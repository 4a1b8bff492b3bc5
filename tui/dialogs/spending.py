"""An expense: recorded, and taken back with a reason."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from db.domain.expenses import CATEGORIES
from db.domain.methods import METHODS
from locales.catalogs import N_, _
from locales.formats import money
from locales.safe import safe
from locales.statuses import status_word
from tui.book import Book
from tui.dialogs.cash import held_told
from tui.dialogs.done import Done
from tui.dialogs.entries import TODAY, Entry, Given, amount, day
from tui.dialogs.form import FormDialog
from tui.dialogs.houseform import PROPERTY, HouseForm, Site

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.expenses import ExpenseRow


class ExpenseDialog(HouseForm):
    """Money that was spent for a property, or a room of it."""

    ENTRIES = (
        Entry("amount", N_("Amount"), amount, needed=True),
        PROPERTY,
        Entry("category", N_("Category"), option="--category", choices=CATEGORIES),
        Entry("on", N_("Date"), day, "--on", usual=TODAY),
        Entry("method", N_("Method"), option="--method", usual="cash", choices=METHODS),
        Entry("room", N_("Room"), option="--room"),
        Entry("payee", N_("Paid to"), option="--payee"),
        Entry("description", N_("Description"), option="--description"),
    )
    COMMAND = "ekost expense add"
    OPERATION = "tui.expense"

    def title_text(self) -> str:
        """What is asked."""
        return _("New expense")

    def carry_out(self, conn: "Connection", subject: Site, given: Given) -> int:
        """Record it."""
        from db.repositories.lookup import find_property, find_room
        from db.services.expenses import record_expense

        prop = find_property(conn, given["property"])
        room = find_room(conn, given["room"], prop.code) if given["room"] else None
        return record_expense(
            conn, prop, given["amount"], given["category"], room=room, spent_on=given["on"], method=given["method"],
            payee=given["payee"], description=given["description"],
        )  # fmt: skip

    def effect(self, conn: "Connection", subject: Site, given: Given, number: int) -> Iterator[str]:
        """What it is, and what cash is left in hand."""
        from db.repositories.expenses import Expenses

        row = Expenses(conn).row(number)
        yield _("{amount} for {category}").format(
            amount=money(row.amount, row.currency), category=status_word(row.category)
        )
        if row.method == "cash":
            yield held_told(conn, row.property, row.holder)

    def done(self, subject: Site, given: Given, number: int) -> Done:
        """Recorded; it can be taken back."""
        told = _("Expense #{number} is recorded.").format(number=number)
        return Done(told, partial(_void, number), _("Expense #{number} is taken back.").format(number=number))


class VoidExpenseDialog(FormDialog["ExpenseRow"]):
    """An expense that was not one."""

    SAVE = N_("Take back")
    ENTRIES = (Entry("reason", N_("Reason"), option="--reason", needed=True),)
    COMMAND = "ekost expense void"
    OPERATION = "tui.void-expense"

    def __init__(self, book: Book, number: int) -> None:
        super().__init__(book)
        self.number = number

    def title_text(self) -> str:
        """Which expense."""
        if self.subject is None:
            return _("Take back #{number}").format(number=self.number)
        row = self.subject
        return _("Take back expense #{number}: {amount} for {category}").format(
            number=row.id, amount=money(row.amount, row.currency), category=status_word(row.category)
        )

    def read_subject(self, conn: "Connection") -> "ExpenseRow":
        """The expense. Raises ExpenseNotFoundError."""
        from db.repositories.expenses import Expenses

        return Expenses(conn).row(self.number)

    def command_words(self, subject: "ExpenseRow") -> tuple[list[str], list[str]]:
        """Its number."""
        return [str(self.number)], []

    def carry_out(self, conn: "Connection", subject: "ExpenseRow", given: Given) -> int:
        """Reverse it."""
        from db.services.expenses import void_expense

        return void_expense(conn, self.number, given["reason"])

    def effect(self, conn: "Connection", subject: "ExpenseRow", given: Given, number: int) -> Iterator[str]:
        """What is taken back, and whose cash it is again."""
        yield _("A reversing entry of {amount} is posted today.").format(
            amount=money(-subject.amount, subject.currency)
        )
        if words := " · ".join(safe(text) for text in (subject.payee, subject.description) if text):
            yield words
        if subject.method == "cash":
            yield held_told(conn, subject.property, subject.holder)

    def done(self, subject: "ExpenseRow", given: Given, number: int) -> Done:
        """Reversed."""
        return Done(_("Expense #{number} is taken back.").format(number=self.number))


def _void(number: int, conn: "Connection") -> int:
    from db.services.expenses import void_expense

    return void_expense(conn, number, _("taken back at once"))
