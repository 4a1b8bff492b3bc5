"""A payment: the amount that is due stands there already, and what it would fill is told before it is recorded."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from db.domain.methods import METHODS
from locales.catalogs import N_, _
from locales.formats import money
from tui.dialogs.done import Done
from tui.dialogs.effects import filled_told
from tui.dialogs.entries import TODAY, Entry, Given, Typed, amount, day, plain
from tui.dialogs.tenantform import TenantForm

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import TenantRef


class PayDialog(TenantForm):
    """Money that came in from a tenant."""

    TITLE = N_("Payment of {name}")
    ENTRIES = (
        Entry("amount", N_("Amount"), amount, needed=True),
        Entry("on", N_("Date"), day, "--on", usual=TODAY),
        Entry("method", N_("Method"), option="--method", usual="cash", choices=METHODS),
        Entry("reference", N_("Reference"), option="--reference"),
        Entry("note", N_("Note"), option="--note"),
    )
    COMMAND = "ekost payment add"
    OPERATION = "tui.payment"

    def prefill(self, subject: "TenantRef") -> Typed:
        """All that is due."""
        due = subject.outstanding_balance
        return {"amount": plain(due)} if due > 0 else {}

    def carry_out(self, conn: "Connection", subject: "TenantRef", given: Given) -> int:
        """Record it."""
        from db.services.payments import record_payment

        return record_payment(
            conn, subject, given["amount"], given["on"], method=given["method"],
            reference=given["reference"], note=given["note"],
        )  # fmt: skip

    def effect(self, conn: "Connection", subject: "TenantRef", given: Given, number: int) -> Iterator[str]:
        """What it fills, and the balance behind it."""
        filled = filled_told(conn, subject.id, number, subject.currency, payment=True)
        yield from filled or [_("It fills nothing yet: it is paid ahead.")]
        yield self.balance_behind(conn, subject)

    def done(self, subject: "TenantRef", given: Given, number: int) -> Done:
        """Recorded; it can be taken back."""
        told = _("Payment #{number} of {amount} is recorded.").format(
            number=number, amount=money(given["amount"], subject.currency)
        )
        return Done(told, partial(_void, number), _("Payment #{number} is taken back.").format(number=number))


def _void(number: int, conn: "Connection") -> int:
    from db.services.reversals import void_payment

    return void_payment(conn, number, _("taken back at once"))
