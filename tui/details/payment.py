"""One payment: what is known of it, what it filled, and whether it was taken back."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.binding import Binding, BindingType

from db.errors import EkostError
from db.repositories.pages import Page
from jobs.documents.receipts import read_receipt
from locales.catalogs import N_, _
from locales.cells import said
from locales.fields import Field
from locales.formats import date_long, money
from locales.receipts import WIDE, receipt_lines
from locales.safe import safe
from locales.statuses import kind_word, status_word
from tui.account import Who
from tui.details.detail import DetailScreen
from tui.details.view import View, sliced
from tui.things import Things, things_in
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked
from tui.work import start

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.ledger import PaymentRow

RECEIPT = N_("Receipt")
FILLED = (
    Field("amount", N_("Amount"), "money"),
    Field("what", N_("What")),
    Field("due_on", N_("Due"), "date"),
    Field("whole", N_("Of"), "money"),
)


class Filled(NamedTuple):
    """What of a payment went to one charge."""

    number: int
    amount: Decimal
    what: str
    due_on: date
    whole: Decimal
    currency: str


class PaperLine(NamedTuple):
    """One line of the receipt."""

    number: int
    line: str


class Known(NamedTuple):
    """The payment, and why it was taken back."""

    row: "PaymentRow"
    reason: str | None


def _filled(conn: "Connection", number: int, cut: Cut) -> Page[Any]:
    from db.domain.explain import explain
    from db.repositories.entries import Entries
    from db.repositories.lookup import find_tenant

    row = _payment(conn, number)
    tenant_id = find_tenant(conn, row.tenant, row.property, archived=True).id
    entries = Entries(conn).of_tenants([tenant_id])[tenant_id]
    fills = explain(entries.charges, entries.payments).allocation.fills
    return sliced(
        [
            Filled(fill.debt.id, fill.amount, f"{kind_word(fill.debt.kind)} #{fill.debt.id}", fill.debt.due_on,
                   fill.debt.amount, row.currency)
            for fill in fills
            if fill.money.source == "payment" and fill.money.id == number
        ],
        cut,
    )  # fmt: skip


def _receipt(conn: "Connection", number: int, cut: Cut) -> Page[Any]:
    lines = receipt_lines(read_receipt(conn, _payment(conn, number)))
    return sliced([PaperLine(at, line) for at, line in enumerate(lines)], cut)


def _payment(conn: "Connection", number: int) -> "PaymentRow":
    from db.repositories.ledger import Ledger
    from db.services.reversals import PaymentNotFoundError

    if (row := Ledger(conn).payment(number)) is None:
        raise PaymentNotFoundError(id=number)
    return row


class PaymentDetail(DetailScreen[Known]):
    """A payment by number."""

    VIEWS = (
        View(
            N_("What it filled"), picked(FILLED, amount=0, what=(0, 30), due_on=0, whole=1),
            _filled, lambda row: row.number, "ekost payment show {number}",
            N_("It fills nothing: it is paid ahead, or taken back."),
        ),
        View(
            RECEIPT, picked((Field("line", N_("y copies the receipt")),), line=(0, WIDE)),
            _receipt, lambda row: row.number, "ekost payment show {number}", N_("Nothing could be read."),
        ),
    )  # fmt: skip

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "copy_receipt", N_("Copy the receipt"), id="payment.copy", priority=True)
    ]

    def __init__(self, number: int, mode: str) -> None:
        super().__init__(mode)
        self.number = number

    def about(self) -> int:
        """The payment."""
        return self.number

    def words(self) -> dict[str, str]:
        """Its number."""
        return {"number": str(self.number)}

    def read_subject(self, conn: "Connection") -> Known:
        """The payment, and its reversal. Raises PaymentNotFoundError."""
        from db.repositories.ledger import Ledger

        row = _payment(conn, self.number)
        original = row.id if row.reverses_id is None else row.reverses_id
        return Known(row, Ledger(conn).reason("payment", original))

    def card_told(self, subject: Known) -> Iterator[str]:
        """How much, of whom, when, how, and what became of it."""
        row, why = subject.row, safe(subject.reason or "")
        yield f"#{row.id}  {money(row.amount, row.currency)}  {safe(row.tenant_name)}  {row.property}/{row.tenant}"
        yield " · ".join(safe(text) for text in (date_long(row.payment_date), status_word(row.method),
                                                 row.reference or "", row.note or "") if text)  # fmt: skip
        recorded = said(row, Field("created_at", "", "instant"))[0]
        source = " · " + _("import {number}").format(number=row.import_id) if row.import_id else ""
        yield _("recorded {when}").format(when=recorded) + source
        if row.reversed_by is not None:
            yield _("Taken back by #{number}: {reason}").format(number=row.reversed_by, reason=why)
        elif row.reverses_id is not None:
            yield _("Takes back #{number}: {reason}").format(number=row.reverses_id, reason=why)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Elsewhere these keys copy a cell or a row."""
        if action == "copy_receipt":
            return self.view.label == RECEIPT
        return super().check_action(action, parameters)

    def action_copy_receipt(self) -> None:
        """Bring the whole receipt to the clipboard, numbered, and counted as printed where one may write."""
        if self.subject is not None:
            start(self, self._print, "printing", beside=True)

    async def _print(self) -> None:
        """What has no receipt, and gets none any more, is copied as it is shown."""
        book = self.ekost.book
        try:
            lines = await (book.browse(self._shown) if book.read_only else book.change(self._printed))
        except EkostError as error:
            self.ekost.tell(error)
            return
        self.app.copy_to_clipboard("\n".join(lines) + "\n")
        self.notify(_("Copied."), timeout=2)
        self.reread()

    def _shown(self, conn: "Connection") -> list[str]:
        return receipt_lines(read_receipt(conn, _payment(conn, self.number)))

    def _printed(self, conn: "Connection") -> list[str]:
        from db.services.receipts import NothingReceivedError, print_receipt

        with suppress(NothingReceivedError):
            print_receipt(conn, self.number)
        return self._shown(conn)

    def things_of(self, row: Any) -> Things:
        """The payment and its tenant."""
        return Things() if self.subject is None else things_in(self.subject.row)

    def row_behind(self, row: Any) -> Any:
        """The tenant whose charge was filled."""
        return None if self.subject is None else Who(self.subject.row.tenant, self.subject.row.property)
