"""The base of all forms: lines that are read while they are typed, and what they would do, found by doing it and
keeping nothing.

A form knows a subject (whom it is about), carries its change out by the services of the command line, and tells what
came of it. The key of the request is made before the first attempt and stays: who repeats after a lost connection
does the change once, and what was typed stands there until an answer has come.
"""

from asyncio import sleep
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar
from uuid import uuid4

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from db.errors import EkostError
from locales.catalogs import N_, _
from locales.safe import safe
from tui.book import Book, is_lost
from tui.dialogs.asking import LeaveDialog
from tui.dialogs.choosing import Choice, ChooseDialog
from tui.dialogs.dialog import Dialog
from tui.dialogs.done import Done
from tui.dialogs.entries import AlreadyDoneError, Entry, Given, Place, Typed, UnforeseenError, at_home, spoken
from tui.dialogs.lines import Lines
from tui.dialogs.oneof import OneOf
from tui.sentences import sentence
from tui.work import start

if TYPE_CHECKING:
    from sqlalchemy import Connection

S = TypeVar("S")
# Seconds of silence after a key before the book is asked, and after a failure before it is asked again.
DEBOUNCE, RETRY = 0.2, 2.0
# Lines of a preview.
MOST = 7


class FormDialog(Dialog[Done], Generic[S]):
    """Answers with what was done. `OPERATION` is the name by which a repeated request is known."""

    ENTRIES: ClassVar[tuple[Entry, ...]] = ()
    SAVE: ClassVar[str] = N_("Record")
    COMMAND: ClassVar[str] = ""
    OPERATION: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", N_("Save"), priority=True, id="dialog.save"),
        Binding("ctrl+o", "choose", N_("Choose"), id="dialog.choose"),
    ]

    def __init__(self, book: Book) -> None:
        super().__init__()
        self.book = book
        self.subject: S | None = None
        self._key = f"tui-{uuid4()}"
        self._saving = False

    # -- what each form says

    def read_subject(self, conn: "Connection") -> S:
        """Whom or what it is about; nothing done here is kept. Raises what its questions raise."""
        raise NotImplementedError

    def place(self, subject: S) -> Place:
        """The day and the money there."""
        return at_home()

    def prefill(self, subject: S) -> Typed:
        """What stands in the lines at first, beside what is usual."""
        return {}

    def carry_out(self, conn: "Connection", subject: S, given: Given) -> int:
        """Do it by the service; the number of what came of it. Raises what the service raises."""
        raise NotImplementedError

    def effect(self, conn: "Connection", subject: S, given: Given, number: int) -> Iterable[str]:
        """What has been done, in the transaction that did it."""
        raise NotImplementedError

    def attempt(self, conn: "Connection", subject: S, given: Given) -> list[str]:
        """Do it in a transaction that keeps nothing, and tell what it did."""
        return list(self.effect(conn, subject, given, self.carry_out(conn, subject, given)))

    def done(self, subject: S, given: Given, number: int) -> Done:
        """What to tell when it is kept."""
        raise NotImplementedError

    def offered(self, conn: "Connection", subject: S, entry: Entry, words: str) -> Sequence[Choice[str]]:
        """What can be chosen for a line."""
        return ()

    def command_words(self, subject: S) -> tuple[list[str], list[str]]:
        """What stands in the command before and behind the lines of the form."""
        return [], []

    def command_line(self, subject: S, typed: Typed) -> str:
        """What a shell would have to be told."""
        before, behind = self.command_words(subject)
        return " ".join([self.COMMAND, *before, *spoken(self.ENTRIES, typed), *behind])

    # -- what stands on the screen

    def questions(self) -> ComposeResult:
        """The lines, what they would do, the command that does the same, and the button."""
        with VerticalScroll(can_focus=False, classes="dialog--form"):
            yield Lines(self.ENTRIES)
            yield Static(id="preview")
            yield Static(id="command")
        yield Static(classes="dialog--error")
        yield Button(Content(_(self.SAVE)), id="save", compact=True)

    @property
    def lines(self) -> Lines:
        """What can be typed."""
        return self.query_one(Lines)

    def complain(self, error: EkostError | None) -> None:
        """What is wrong, or nothing."""
        self.query_one(".dialog--error", Static).update(Content(sentence(error) if error else ""))

    def show_effect(self, lines: Iterable[str]) -> None:
        """What would happen."""
        told = [safe(line) for line in lines]
        more = [_("… and {count} more").format(count=len(told) - MOST + 1)] if len(told) > MOST else []
        self.query_one("#preview", Static).update(Content("\n".join(told[: MOST - len(more)] + more)))

    # -- looking ahead

    def on_mount(self) -> None:
        """Find out whom it is about, and what would happen at once."""
        self.look(wait=0)

    @on(Input.Changed)
    @on(OneOf.Changed)
    def look(self, _event: object = None, *, wait: float = DEBOUNCE) -> None:
        """Say what it means: at once what can't be read, and the rest when nothing more is typed."""
        start(self, partial(self._look, wait), "look")

    async def _look(self, wait: float) -> None:
        try:
            if self.subject is not None:
                self.lines.read(self.place(self.subject))
                self.complain(None)
            await sleep(wait)
            self.show_effect(await self._ask_effect())
        except EkostError as error:
            self.show_effect(())
            self.complain(error)
            if is_lost(error):
                self.set_timer(RETRY, self.look)
        except Exception as error:
            self.show_effect(())
            self.complain(UnforeseenError(name=type(error).__name__))
        else:
            self.complain(None)

    async def _ask_effect(self) -> list[str]:
        subject = await self._whom()
        given = self.lines.read(self.place(subject))
        line = self.command_line(subject, self.lines.typed)
        self.query_one("#command", Static).update(Content(f"$ {safe(line)}"))
        if any(self.lines.missing()):
            return []
        return await self.book.change(lambda conn: self.attempt(conn, subject, given), dry_run=True)

    async def _whom(self) -> S:
        if self.subject is None:
            self.subject = await self.book.change(self.read_subject, dry_run=True)
            self.query_one(".dialog--title", Static).update(Content(self.title_text()))
            self.lines.fill(self.prefill(self.subject))
        return self.subject

    # -- doing it

    @on(Input.Submitted)
    @on(OneOf.Submitted)
    def onward(self) -> None:
        """Enter goes to the first line that is still empty, then to the button: it never does anything by itself."""
        entry = next(self.lines.missing(), None)
        (self.lines.box(entry.name) if entry else self.query_one("#save")).focus()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Do it, unless that is on its way."""
        if not self._saving:
            self._saving = True
            start(self, self._save, "save")

    async def _save(self) -> None:
        try:
            subject = await self._whom()
            given = self.lines.read(self.place(subject))
            self.lines.require()
            number = await self.book.change(partial(self._once, subject, given))
            done = self.done(subject, given, number)
        except EkostError as error:
            self.complain(AlreadyDoneError() if error.code == "key_reused" else error)
        except Exception as error:
            # Whatever it was, what was typed is worth more than a clean end; who repeats does the change once.
            self.complain(UnforeseenError(name=type(error).__name__))
        else:
            self.pop_until_active()
            self.dismiss(done)
        finally:
            self._saving = False

    def _once(self, subject: S, given: Given, conn: "Connection") -> int:
        """Do it, or find that it was done by an attempt that got no answer. Raises KeyReusedError."""
        from db.services.requests import claim_key

        claim = claim_key(conn, self._key, self.OPERATION, *map(str, given.values()))
        if claim.answer is not None:
            return claim.answer
        number = self.carry_out(conn, subject, given)
        claim.keep(number)
        return number

    # -- choosing and leaving

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to choose from where a line offers it."""
        return action != "choose" or (self.is_mounted and self.lines.offering is not None)

    def action_choose(self) -> None:
        """Choose what the line offers."""
        if (entry := self.lines.offering) is not None:
            self.offer(Lines.Asked(entry))

    @on(Lines.Asked)
    def offer(self, asked: Lines.Asked) -> None:
        """Let one be chosen for a line."""

        def chosen(choice: Choice[str] | None) -> None:
            if choice is not None:
                self.lines.box(asked.entry.name).value = choice.value

        if (subject := self.subject) is not None:
            self.app.push_screen(self.chooser(subject, asked.entry), chosen)

    def chooser(self, subject: S, entry: Entry) -> Dialog[Choice[str]]:
        """The list of what a line offers."""

        async def find(words: str) -> Sequence[Choice[str]]:
            return await self.book.ask(lambda conn: self.offered(conn, subject, entry, words))

        return ChooseDialog(_(entry.label), find)

    @property
    def touched(self) -> bool:
        """Whether something would be lost."""
        return self._saving or self.lines.touched

    def action_leave(self) -> None:
        """Leave; ask first when something would be lost."""

        def answered(leave: bool | None) -> None:
            if leave:
                self.dismiss(None)

        if self.touched:
            self.app.push_screen(LeaveDialog(), answered)
        else:
            self.dismiss(None)
