"""Cash: handed over, confirmed by the other one, counted, and taken back."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from locales.catalogs import N_, _
from locales.formats import money
from locales.safe import safe
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.entries import Entry, Given, amount
from tui.dialogs.form import FormDialog
from tui.dialogs.houseform import PROPERTY, HouseForm, Site

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.cash import HandoverRow


class _CashForm(HouseForm):
    """A form that writes a handover or a count."""

    def effect(self, conn: "Connection", subject: Site, given: Given, number: int) -> Iterator[str]:
        """What should be in hand, what is missing, and what is held then."""
        from db.repositories.cash import Cash

        row = Cash(conn).row(number)
        yield _("Expected: {amount}").format(amount=money(row.expected, row.currency))
        if row.variance:
            yield _("Variance: {amount}").format(amount=money(row.variance, row.currency))
        if row.state == "pending":
            yield _("{signer} has to confirm it.").format(signer=safe(row.signer or ""))
        yield held_told(conn, row.property, row.giver)

    def done(self, subject: Site, given: Given, number: int) -> Done:
        """Written down; it can be taken back."""
        told = _("Handover #{number} is written down.").format(number=number)
        return Done(told, partial(_void, number), _("Handover #{number} is taken back.").format(number=number))


class HandOverDialog(_CashForm):
    """Cash that goes to somebody else."""

    ENTRIES = (
        Entry("amount", N_("Amount"), amount, needed=True),
        Entry("to", N_("To whom"), option="--to", needed=True),
        PROPERTY,
        Entry("counted", N_("Counted"), amount, "--counted"),
        Entry("from", N_("From whom"), option="--from"),
        Entry("note", N_("Note"), option="--note"),
    )
    COMMAND = "ekost cash hand-over"
    OPERATION = "tui.hand-over"

    def title_text(self) -> str:
        """What is asked."""
        return _("Hand cash over")

    def carry_out(self, conn: "Connection", subject: Site, given: Given) -> int:
        """Write it down."""
        from db.repositories.lookup import find_property
        from db.services.cash import hand_over_cash

        return hand_over_cash(
            conn, find_property(conn, given["property"]), given["amount"], given["to"], giver=given["from"],
            counted=given["counted"], note=given["note"],
        )  # fmt: skip


class CountDialog(_CashForm):
    """Cash that was counted and stays where it is."""

    ENTRIES = (
        Entry("counted", N_("Counted"), amount, needed=True),
        PROPERTY,
        Entry("of", N_("Whose"), option="--of"),
        Entry("note", N_("Note"), option="--note"),
    )
    COMMAND = "ekost cash count"
    OPERATION = "tui.count-cash"

    def title_text(self) -> str:
        """What is asked."""
        return _("Count the cash")

    def carry_out(self, conn: "Connection", subject: Site, given: Given) -> int:
        """Settle what is held."""
        from db.repositories.lookup import find_property
        from db.services.cash import count_cash

        prop = find_property(conn, given["property"])
        return count_cash(conn, prop, given["counted"], holder=given["of"], note=given["note"])


class _HandoverForm(FormDialog["HandoverRow"]):
    """A form about one handover or count."""

    def __init__(self, book: Book, number: int) -> None:
        super().__init__(book)
        self.number = number

    def read_subject(self, conn: "Connection") -> "HandoverRow":
        """The handover. Raises HandoverNotFoundError."""
        from db.repositories.cash import Cash

        return Cash(conn).row(self.number)

    def command_words(self, subject: "HandoverRow") -> tuple[list[str], list[str]]:
        """Its number."""
        return [str(self.number)], []

    def effect(self, conn: "Connection", subject: "HandoverRow", given: Given, number: int) -> Iterator[str]:
        """Who holds how much then."""
        for name in (subject.giver, subject.receiver):
            if name is not None:
                yield held_told(conn, subject.property, name)


class ConfirmDialog(_HandoverForm):
    """The other one's signature."""

    SAVE = N_("Confirm")
    COMMAND = "ekost cash confirm"
    OPERATION = "tui.confirm-cash"

    def title_text(self) -> str:
        """Which handover."""
        if self.subject is None:
            return _("Confirm handover #{number}").format(number=self.number)
        row = self.subject
        return _("Confirm handover #{number}: {amount} from {giver} to {receiver}").format(
            number=row.id, amount=money(row.amount or row.expected, row.currency), giver=safe(row.giver),
            receiver=safe(row.receiver or ""),
        )  # fmt: skip

    def carry_out(self, conn: "Connection", subject: "HandoverRow", given: Given) -> int:
        """Sign it."""
        from db.services.cash import confirm_cash

        return confirm_cash(conn, self.number)

    def done(self, subject: "HandoverRow", given: Given, number: int) -> Done:
        """Signed."""
        return Done(_("Handover #{number} is confirmed.").format(number=self.number))


class VoidCashDialog(_HandoverForm):
    """A handover that did not happen, or a wrong count."""

    SAVE = N_("Take back")
    ENTRIES = (Entry("reason", N_("Reason"), option="--reason", needed=True),)
    COMMAND = "ekost cash void"
    OPERATION = "tui.void-cash"

    def title_text(self) -> str:
        """Which one."""
        return _("Take back handover #{number}").format(number=self.number)

    def carry_out(self, conn: "Connection", subject: "HandoverRow", given: Given) -> int:
        """Take it back."""
        from db.services.cash import void_cash

        return void_cash(conn, self.number, given["reason"])

    def done(self, subject: "HandoverRow", given: Given, number: int) -> Done:
        """Taken back."""
        return Done(_("Handover #{number} is taken back.").format(number=self.number))


def held_told(conn: "Connection", house: str, name: str) -> str:
    """What somebody holds of a property."""
    from db.repositories.cash import Cash
    from db.repositories.lookup import find_property

    prop = find_property(conn, house)
    return _("{actor} holds {held} of {property}").format(
        actor=safe(name), held=money(Cash(conn).standing(prop.id, name).held, prop.currency), property=house
    )


def _void(number: int, conn: "Connection") -> int:
    from db.services.cash import void_cash

    return void_cash(conn, number, _("taken back at once"))
