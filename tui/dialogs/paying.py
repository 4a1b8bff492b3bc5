"""A payment: the amount that is due stands there already, and what it would fill is told before it is recorded."""

from asyncio import sleep
from functools import partial
from typing import ClassVar
from uuid import uuid4

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Label, Static

from db.domain.days import parse_date
from db.domain.money import parse_amount
from db.errors import EkostError
from locales.catalogs import N_, _, current_language
from locales.formats import money
from locales.safe import safe
from tui.account import Account, Payment, Preview, Who, pay, preview, read_due
from tui.book import Book
from tui.dialogs.dialog import Dialog
from tui.sentences import sentence
from tui.work import start

DEBOUNCE = 0.2
LINES = (("amount", N_("Amount")), ("on", N_("Date")), ("method", N_("Method")), ("reference", N_("Reference")))


class PayDialog(Dialog[int]):
    """Answers with the number of the payment."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", N_("Record"), priority=True, id="dialog.save"),
    ]

    def __init__(self, book: Book, who: Who) -> None:
        super().__init__()
        self._book, self._who = book, who
        self._account: Account | None = None
        # Repeated after a lost connection, the same payment is not booked twice.
        self._key = f"tui-{uuid4()}"

    def title_text(self) -> str:
        """Whose payment it is."""
        name = self._account.row.name if self._account else self._who.code
        return _("Payment of {name}").format(name=safe(name))

    def questions(self) -> ComposeResult:
        """Four lines, what they mean, and the button."""
        for name, label in LINES:
            with Horizontal(classes="dialog--line"):
                yield Label(Content(_(label)))
                yield Input(id=name, compact=True)
        yield Static(id="preview")
        yield Static(classes="dialog--error")
        yield Button(Content(_("Record")), id="save", compact=True)

    def on_mount(self) -> None:
        """Find out what is due."""
        self.query_one("#on", Input).value = "today"
        self.query_one("#method", Input).value = "cash"
        start(self, self._begin, "begin")

    async def _begin(self) -> None:
        try:
            self._account = account = await self._book.change(lambda conn: read_due(conn, self._who), dry_run=True)
        except EkostError as error:
            self._complain(error)
            return
        self.query_one(".dialog--title", Static).update(Content(self.title_text()))
        amount = self.query_one("#amount", Input)
        due = account.explanation.balance
        if not amount.value and due > 0:
            amount.value = f"{due:f}".removesuffix(".00")
            amount.action_select_all()

    @on(Input.Changed)
    def typed(self) -> None:
        """Say what it means, once nothing more is typed."""
        start(self, self._preview, "preview")

    async def _preview(self) -> None:
        if (payment := self._read()) is None:
            self._show(None)
            return
        await sleep(DEBOUNCE)
        try:
            seen = await self._book.change(lambda conn: preview(conn, self._who, payment), dry_run=True)
        except EkostError as error:
            self._complain(error)
            self._show(None)
        else:
            self._complain(None)
            self._show(seen)

    def _read(self) -> Payment | None:
        """What was typed, by the rules of the command line; None while it can't be understood or is not complete."""
        if (account := self._account) is None:
            return None
        amount, on_, method, reference = (self.query_one(f"#{name}", Input).value for name, _label in LINES)
        if not amount.strip():
            self._complain(None)
            return None
        try:
            return Payment(
                parse_amount(amount, language=current_language(), currency=account.ref.currency),
                parse_date(on_, account.ref.today),
                method.strip().lower(),
                reference.strip() or None,
            )
        except EkostError as error:
            self._complain(error)
            return None

    @on(Input.Submitted)
    def onward(self) -> None:
        """Enter in a line goes to the button: nothing is recorded by a key that was pressed once too often."""
        self.query_one("#save", Button).focus()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Record it."""
        if (payment := self._read()) is not None:
            start(self, partial(self._save, payment), "save")

    async def _save(self, payment: Payment) -> None:
        try:
            number = await self._book.change(lambda conn: pay(conn, self._who, payment, self._key))
        except EkostError as error:
            self._complain(error)
        else:
            self.dismiss(number)

    def _show(self, seen: Preview | None) -> None:
        lines: list[str] = []
        if seen is not None:
            behind = _("Balance behind it: {amount}").format(amount=money(seen.balance, seen.currency))
            lines = [*(seen.lines[:6] or [_("It fills nothing yet: it is paid ahead.")]), behind]
        self.query_one("#preview", Static).update(Content("\n".join(lines)))

    def _complain(self, error: EkostError | None) -> None:
        self.query_one(".dialog--error", Static).update(Content(sentence(error) if error else ""))
