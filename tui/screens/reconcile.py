"""Bank lines on the left, whose money each may be on the right: one key makes it so."""

import textwrap
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input

from db.errors import EkostError
from locales.banking import reasons_told
from locales.catalogs import N_, _, ngettext
from locales.formats import date_short, money
from locales.safe import safe
from locales.statuses import status_word
from tui.book import ReadOnlyError
from tui.listings.banklines import BANK_LINES
from tui.screens.frame import MORE
from tui.screens.listed import ListScreen
from tui.widgets.panel import Panel
from tui.widgets.table.messages import Moved
from tui.work import start

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.bank import LineRow, Suggestion


class ReconcileScreen(ListScreen):
    """On top of the imports. What was done here is taken back with a key, the last first."""

    MODE = "imports"
    CSS_PATH = MORE
    LISTING = BANK_LINES
    STATUSES = ("open", "matched", "ignored")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a,1", "take(1)", N_("Accept"), id="reconcile.accept"),
        Binding("2", "take(2)", show=False, id="reconcile.second"),
        Binding("3", "take(3)", show=False, id="reconcile.third"),
        Binding("4", "take(4)", show=False, id="reconcile.fourth"),
        Binding("5", "take(5)", show=False, id="reconcile.fifth"),
        Binding("i", "ignore", N_("Ignore"), id="reconcile.ignore"),
        # The table's own u takes marks away, which mean nothing here.
        Binding("u", "open_again", N_("Undo"), id="reconcile.undo", priority=True),
        Binding("t", "status", N_("State"), id="reconcile.state"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.scope = self.scope.but(status="open")
        self._found: list[Suggestion] = []
        self._done: list[int] = []

    def body(self) -> Iterable[Widget]:
        """The list beside what the line under the cursor may be."""
        with Horizontal(id="reconcile"):
            with Vertical():
                yield from super().body()
            yield Panel(N_("Whose money?"), id="candidates")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Here is only what is done with a line; a digit for each candidate that there is."""
        if action == "do":
            return False
        if action == "take":
            return self._may_change and int(str(parameters[0])) <= len(self._found)
        if action == "ignore":
            return self._may_change and self.row is not None and self.row.state == "open"
        if action == "open_again":
            # In the filter it is a letter.
            return (
                self._may_change
                and self.table.has_focus
                and (bool(self._done) or (self.row is not None and self.row.state != "open"))
            )
        return super().check_action(action, parameters)

    @property
    def _may_change(self) -> bool:
        return self.is_mounted and not self.ekost.book.read_only

    @property
    def row(self) -> "LineRow | None":
        """The line under the cursor."""
        line = self.table.current
        return None if line is None else line.row

    def action_leave(self) -> None:
        """Away from the filter first, then back to the imports."""
        line = self.query_one("#filter", Input)
        if line.has_focus or line.value:
            super().action_leave()
        else:
            self.dismiss()

    # -- the candidates

    @on(Moved)
    def _look(self) -> None:
        start(self, self._ask_candidates, "candidates")

    async def _ask_candidates(self) -> None:
        row, house = self.row, self.scope.property_id
        try:
            found, left = await self.ekost.book.ask(partial(_candidates, row, house))
        except EkostError as error:
            self.ekost.tell(error)
            return
        self._found = found
        self.query_one("#candidates", Panel).say(partial(told, row, found, left))
        self.refresh_bindings()

    # -- what is done

    def action_take(self, place: int) -> None:
        """Make the line its candidate at this place, counted from one."""
        from db.services.bank.matching import apply_candidate

        if (row := self.row) is not None and place <= len(self._found):
            one = self._found[place - 1]
            self._change(row, lambda conn: apply_candidate(conn, row.id, one), _("Line {id}: {what}."), _told(one))

    def action_ignore(self) -> None:
        """The line is nothing of the book."""
        from db.services.bank.matching import ignore_line

        if (row := self.row) is not None:
            why = _("nothing of the book")
            self._change(row, lambda conn: ignore_line(conn, row.id, why), _("Line {id}: {what}."), why)

    def action_open_again(self) -> None:
        """Take back what was done last, or what was made of the line under the cursor."""
        from db.services.bank.matching import unmatch_line

        row = self.row
        chosen = row.id if row is not None and row.state != "open" else self._done[-1] if self._done else None
        if chosen is not None:
            why = _("taken back on the screen")
            start(
                self, partial(self._carry_out, chosen, lambda conn: unmatch_line(conn, chosen, why),
                              _("Line {id} is open again.").format(id=chosen), back=True), "matching", beside=True,
            )  # fmt: skip

    def _change(self, row: "LineRow", work: "Callable[[Connection], object]", text: str, what: str) -> None:
        if self.ekost.book.read_only:
            self.ekost.tell(ReadOnlyError())
            return
        # The key pressed once more is about the next line, whose candidates are not there yet.
        self._found = []
        start(self, partial(self._carry_out, row.id, work, text.format(id=row.id, what=what)), "matching", beside=True)

    async def _carry_out(
        self, line_id: int, work: "Callable[[Connection], object]", text: str, *, back: bool = False
    ) -> None:
        try:
            await self.ekost.book.change(work)
        except EkostError as error:
            self.ekost.tell(error)
        else:
            self._done = [one for one in self._done if one != line_id] + ([] if back else [line_id])
            self.notify(safe(text), timeout=3, markup=False)
        self.reread()
        self._look()


def _candidates(
    row: "LineRow | None", house: int | None, conn: "Connection"
) -> "tuple[list[Suggestion], int]":  # fmt: skip
    from db.repositories.bank import Bank

    bank = Bank(conn)
    found = bank.suggestions([row])[0] if row is not None and row.state == "open" else []
    return found, bank.count_open(house)


def told(row: "LineRow | None", found: "list[Suggestion]", left: int, width: int) -> list[str]:
    """The line in full, each candidate with its reasons, and how many lines are left."""
    lines = [ngettext("{count} open line", "{count} open lines", left).format(count=left), ""]
    if row is not None:
        lines.append(f"{date_short(row.booked_on)}  {money(row.amount, row.currency)}")
        lines += textwrap.wrap(safe(row.description), max(width, 10))[:4]
        lines.append("")
        if row.state == "open" and not found:
            lines.append(_("Nobody comes to mind."))
    for place, one in enumerate(found, 1):
        lines += textwrap.wrap(f"{place} {_told(one)} ({one.score})", max(width, 10), subsequent_indent="  ")
        lines += textwrap.wrap(reasons_told(one.reasons), max(width, 10), initial_indent="  ", subsequent_indent="  ")
    return lines


def _told(one: "Suggestion") -> str:
    if one.kind == "category":
        return status_word(one.what)
    if one.kind == "ignore":
        return safe(one.what)
    who = safe(" ".join(filter(None, (one.room, one.name))))
    if one.kind == "link":
        return _("{who}, payment #{id}").format(who=who, id=one.payment_id)
    return who
