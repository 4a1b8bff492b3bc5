"""Write what a list shows to a file."""

from asyncio import get_running_loop, to_thread
from pathlib import Path
from shlex import quote
from threading import Event
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from db.errors import EkostError
from locales.catalogs import N_, _
from locales.formats import number
from locales.safe import safe
from tui.book import Book
from tui.clock import today
from tui.dialogs.dialog import Dialog
from tui.exporting import WORKBOOK, ExportStoppedError, check_new, format_of, write_list
from tui.listings.listing import Listing
from tui.scope import Scope
from tui.sentences import sentence
from tui.work import start


class ExportDialog(Dialog[str]):
    """Answers what was written. While it is written Esc stops it, and nothing is kept."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "save", N_("Write"), priority=True, id="dialog.save")]

    def __init__(self, book: Book, listing: Listing, scope: Scope, name: str) -> None:
        super().__init__()
        self._book, self._listing, self._scope, self._stem = book, listing, scope, name
        self._stop = Event()
        self._writing = False

    def title_text(self) -> str:
        """What is asked."""
        return _("Write all rows of this list to which file? Its ending says how: csv, tsv, json, ndjson, xlsx.")

    def questions(self) -> ComposeResult:
        """The name, what a shell would have to be told, and how far it is."""
        yield Input(free_name(self._stem), id="file", compact=True)
        yield Static(id="command")
        yield Static(id="progress")
        yield Static(classes="dialog--error")

    @on(Input.Changed)
    def check(self) -> None:
        """Say at once what is wrong with the name."""
        self._say("")
        try:
            path = self._path
            check_new(path)
        except EkostError as error:
            self._say(sentence(error))
        else:
            shell = self._shell(format_of(path))
            self.query_one("#command", Static).update(Content(f"$ {safe(shell)}" if shell else ""))

    def _shell(self, form: str) -> str:
        """What writes the same file in a shell; of lists only reports become workbooks there."""
        command, file = self._listing.command_line(self._scope), quote(self._typed)
        if form == WORKBOOK:
            return f"{command} --xlsx {file}" if self._listing.is_report else ""
        return f"{command} -o {form}{'' if self._listing.is_report else ' --all'} > {file}"

    @on(Input.Submitted)
    def action_save(self) -> None:
        """Begin to write."""
        if not self._writing:
            self._writing = True
            self.query_one(Input).disabled = True
            start(self, self._write, "export")

    def action_leave(self) -> None:
        """Stop what is being written, or leave."""
        if self._writing:
            self._stop.set()
        else:
            self.dismiss(None)

    def on_unmount(self) -> None:
        """Nobody waits for it any more."""
        self._stop.set()

    @property
    def _typed(self) -> str:
        return self.query_one(Input).value.strip()

    @property
    def _path(self) -> Path:
        return Path(self._typed).expanduser()

    def _say(self, words: str) -> None:
        self.query_one(".dialog--error", Static).update(Content(words))

    async def _write(self) -> None:
        path, loop = self._path, get_running_loop()
        self._stop.clear()

        def look(count: int) -> None:
            if self._stop.is_set():
                raise ExportStoppedError
            loop.call_soon_threadsafe(self._tell, count)

        try:
            count = await to_thread(lambda: write_list(self._book.database, self._listing, self._scope, path, look))
        except EkostError as error:
            self._again(error)
        else:
            self.dismiss(_("{count} rows are in {file}.").format(count=number(count), file=safe(str(path))))

    def _tell(self, count: int) -> None:
        if self._writing and self.is_attached:
            told = _("{count} rows written; Esc stops.").format(count=number(count))
            self.query_one("#progress", Static).update(Content(told))

    def _again(self, error: EkostError) -> None:
        self._writing = False
        self.query_one("#progress", Static).update("")
        line = self.query_one(Input)
        line.disabled = False
        line.focus()
        self._say(sentence(error))


def free_name(name: str) -> str:
    """A name with today's day that no file has here."""
    stem = f"{name}-{today().isoformat()}"
    names = (f"{stem}{end}.csv" for end in ("", *(f"-{number}" for number in range(2, 1000))))
    return next((free for free in names if not Path(free).exists()), f"{stem}.csv")
