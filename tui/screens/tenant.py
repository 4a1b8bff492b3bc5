"""One tenant: how they stand, period by period, and every entry with the balance behind it."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static

from db.errors import EkostError
from locales.catalogs import N_, _
from locales.explaining import explain_text
from tui.account import Account, Who, card_told, periods_told, read_account
from tui.screens.frame import Frame
from tui.things import Things, things_in
from tui.widgets.bars import StatusLine
from tui.work import start

PERIODS, LEDGER = "periods", "ledger"
COMMANDS = {PERIODS: "ekost charge list --tenant {code}", LEDGER: "ekost balance explain {code}"}


class TenantScreen(Frame):
    """On top of the list that it was opened from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Back"), id="tenant.leave"),
        Binding("tab", "next_view", N_("Periods or ledger"), id="tenant.view"),
    ]

    def __init__(self, who: Who, mode: str) -> None:
        super().__init__()
        self.MODE = mode
        self.who = who
        self.view = PERIODS
        self.account: Account | None = None

    def body(self) -> Iterable[Widget]:
        """The card above, the lines below."""
        yield Static(id="card")
        with VerticalScroll(id="lines"):
            yield Static(id="told")

    @property
    def things(self) -> Things:
        """The tenant."""
        return Things(self.who) if self.account is None else things_in(self.account.row)

    def on_mount(self) -> None:
        """Ask at once."""
        super().on_mount()
        self.query_one("#lines").focus()
        self.reread()

    def on_resize(self, _event: Resize) -> None:
        """Lines are as wide as the terminal."""
        self.tell_account()

    def reread(self) -> None:
        """The account as it is now."""
        start(self, self._ask, "account")

    async def _ask(self) -> None:
        try:
            self.account = await self.ekost.book.ask(lambda conn: read_account(conn, self.who))
        except EkostError as error:
            self.ekost.tell(error)
        else:
            self.tell_account()

    def tell_account(self) -> None:
        """Say what is known."""
        command = COMMANDS[self.view].format(code=self.who.code) + f" --property {self.who.property}"
        self.query_one(StatusLine).show(command=command, position=_("periods") if self.view == PERIODS else _("ledger"))
        if (account := self.account) is None:
            return
        self.query_one("#card", Static).update(Content("\n".join(card_told(account))))
        lines = self.query_one("#lines")
        width = lines.scrollable_content_region.width
        told = (
            periods_told(account, width)
            if self.view == PERIODS
            else explain_text(account.explanation, account.row.currency, width=min(width, 100))
        )
        self.query_one("#told", Static).update(Content("\n".join(told) or _("There is nothing on this account.")))

    def action_next_view(self) -> None:
        """Period by period, or entry by entry."""
        self.view = LEDGER if self.view == PERIODS else PERIODS
        self.query_one("#lines").scroll_home(animate=False)
        self.tell_account()

    def action_leave(self) -> None:
        """Back to the list."""
        self.app.pop_screen()
