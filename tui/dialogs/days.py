"""From when until when."""

from datetime import date
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from db.domain.days import DateError, parse_date
from locales.catalogs import N_, _
from tui.clock import today
from tui.dialogs.dialog import Dialog
from tui.sentences import sentence


class Days(NamedTuple):
    """Both inclusive; None is open."""

    since: date | None
    until: date | None


class DaysDialog(Dialog[Days]):
    """Two days, read as on the command line while they are typed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "save", N_("Show"), priority=True, id="dialog.save")]

    def __init__(self, days: Days) -> None:
        super().__init__()
        self._days = days

    def title_text(self) -> str:
        """What is asked."""
        return _("From which day until which? Empty is open.")

    def questions(self) -> ComposeResult:
        """Two lines and what is wrong with them."""
        for name, day in self._days._asdict().items():
            yield Input(day.isoformat() if day else "", id=name, placeholder="2026-03-01", compact=True)
        yield Static(classes="dialog--error")

    @on(Input.Changed)
    def check(self) -> None:
        """Say at once what can't be read."""
        self._read()

    @on(Input.Submitted)
    def action_save(self) -> None:
        """Show these days."""
        if (days := self._read()) is not None:
            self.dismiss(days)

    def _read(self) -> Days | None:
        try:
            days = Days(*(_day(self.query_one(f"#{name}", Input).value, today()) for name in Days._fields))
        except DateError as error:
            self.query_one(".dialog--error", Static).update(Content(sentence(error)))
            return None
        self.query_one(".dialog--error", Static).update("")
        return days


def _day(text: str, today: date) -> date | None:
    return parse_date(text, today) if text.strip() else None
