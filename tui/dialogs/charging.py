"""A charge by hand: electricity, damage, an opening balance, a credit."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from db.domain.ledger import REFUND
from db.domain.methods import CASH, METHODS
from locales.catalogs import N_, _
from locales.formats import money
from locales.statuses import kind_word
from tui.dialogs.done import Done
from tui.dialogs.effects import filled_told, posted_told
from tui.dialogs.entries import TODAY, Entry, Given, Typed, amount, day
from tui.dialogs.tenantform import TenantForm

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import TenantRef

KINDS = ("electricity", "water", "internet", "damage", "late_fee", "other", "opening", "credit", "refund")


class ChargeDialog(TenantForm):
    """What a tenant owes besides the rent that posts itself."""

    TITLE = N_("Charge for {name}")
    SAVE = N_("Post")
    ENTRIES = (
        Entry("amount", N_("Amount"), amount, needed=True),
        Entry("kind", N_("Kind"), option="--kind", choices=KINDS, said=kind_word),
        Entry("due", N_("Due"), day, "--due", usual=TODAY),
        Entry("on", N_("Charged on"), day, "--on"),
        Entry("method", N_("Paid out by"), option="--method", usual=CASH, choices=METHODS),
        Entry("description", N_("Description"), option="--description"),
    )
    COMMAND = "ekost charge add"
    OPERATION = "tui.charge"

    def command_line(self, subject: "TenantRef", typed: Typed) -> str:
        """Only money that is paid out has a method."""
        return super().command_line(subject, typed if typed["kind"] == REFUND else {**typed, "method": CASH})

    def carry_out(self, conn: "Connection", subject: "TenantRef", given: Given) -> int:
        """Post it."""
        from db.services.charges import post_charge

        return post_charge(
            conn, subject, given["amount"], given["kind"], due_on=given["due"], charged_on=given["on"],
            description=given["description"], method=given["method"] if given["kind"] == REFUND else None,
        )  # fmt: skip

    def effect(self, conn: "Connection", subject: "TenantRef", given: Given, number: int) -> Iterator[str]:
        """The charge, what pays it at once, and the balance behind it."""
        yield from posted_told(conn, subject.id)
        yield from filled_told(conn, subject.id, number, subject.currency, payment=False)
        yield self.balance_behind(conn, subject)

    def done(self, subject: "TenantRef", given: Given, number: int) -> Done:
        """Posted; it can be taken back."""
        told = _("Charge #{number} of {amount} is posted.").format(
            number=number, amount=money(given["amount"], subject.currency)
        )
        return Done(told, partial(_void, number), _("Charge #{number} is taken back.").format(number=number))


def _void(number: int, conn: "Connection") -> int:
    from db.services.reversals import void_charge

    return void_charge(conn, number, _("taken back at once"))
