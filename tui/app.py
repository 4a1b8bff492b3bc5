"""The application: which screens there are, what they share, and how it ends."""

import gc
from asyncio import to_thread
from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.events import Key
from textual.timer import Timer
from textual.widgets import Input

from db.errors import EkostError
from locales.catalogs import LANGUAGES, N_, _, current_language, set_language
from locales.safe import safe
from tui import modes
from tui.accruing import Accruing
from tui.book import Book, ReadOnlyError, is_lost
from tui.keys import Keys, first_key, keymap_of
from tui.link import State
from tui.scope import House
from tui.sentences import sentence
from tui.terminal import has_hung_up
from tui.typing_ahead import TypingAhead
from tui.work import start

# Seconds after which the screen looks by itself, whether or not it was told of a change.
POLL = 5
# Seconds for which what was recorded can be taken back with one key.
UNDO = 10
# Seconds for which is shown what a failover lost.
LOST = 600
# Seconds within which changes are taken together.
TOGETHER = 0.2
# Seconds in which the first rows can be painted, before what listens for changes is loaded.
BREATH = 0.1

if TYPE_CHECKING:
    from db.cache.stats import KindRow
    from db.doctor.finding import Finding
    from db.engine import Database
    from tui.ahead import Ahead
    from tui.dialogs.done import Done
    from tui.dialogs.form import FormDialog
    from tui.rounds import Round
    from tui.screens.frame import Frame


def actions() -> type[Provider]:
    """What the palette can do; imported when it is first opened."""
    from tui.palette import Actions

    return Actions


def entities() -> type[Provider]:
    """What the palette can find."""
    from tui.palette import Entities

    return Entities


class Undo(NamedTuple):
    """What one key takes back, until a moment of the monotonic clock."""

    done: "Done"
    until: float


class EkostApp(TypingAhead):
    """The screens of E-Kost. `open_database` is called in a thread, behind the first frame."""

    TITLE = "E-Kost"
    CSS_PATH = "ekost.tcss"
    MODES: ClassVar = modes.builders()
    DEFAULT_MODE = "tenants"
    COMMANDS: ClassVar = {actions, entities}
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(mode.key, f"switch_mode('{mode.name}')", mode.label, show=False, id=f"app.{mode.name}")
            for mode in modes.MODES
        ),
        Binding("p", "house", N_("Property"), id="app.property"),
        Binding("T", "change_theme", N_("Theme"), show=False, id="app.theme"),
        Binding("colon", "command_palette", N_("Everything by name"), key_display=":", show=False, id="app.palette"),
        Binding("question_mark", "help", N_("Help"), key_display="?", id="app.help"),
        Binding("q", "quit", N_("Quit"), id="app.quit"),
        Binding("r", "reread", N_("Read again"), show=False, id="app.reread"),
        Binding("z", "undo", N_("Undo what was just recorded"), show=False, id="app.undo"),
        Binding("L", "language", N_("Bahasa Indonesia or English"), show=False, id="app.language"),
    ]

    def __init__(
        self,
        open_database: "Callable[[], Database]",
        *,
        property_code: str | None = None,
        read_only: bool = False,
        ahead: "Ahead | None" = None,
        examine: "Callable[[], Iterable[Finding]] | None" = None,
        cache_stats: "Callable[[], Iterable[KindRow]] | None" = None,
        keys: Keys | None = None,
        theme: str | None = None,
        usual_property: str | None = None,
    ) -> None:
        super().__init__()
        # The property that a shell means where none is named.
        self.usual_property = usual_property
        # Rounds from meter to meter that are not posted yet, by property.
        self.rounds: dict[int, Round] = {}
        # The keys that the configuration gives to actions, by their names.
        self.keys: Keys = keys or {}
        self.theme = theme or self.theme
        # Examines the installation, in a thread; without it only the database is examined.
        self.examine = examine
        # Tells how the cache does, in a thread; None without a cache.
        self.cache_stats = cache_stats
        self.book = Book(open_database, read_only=read_only, ahead=ahead)
        self.house: House | None = None
        # What ended the application, for who called it: it is never printed with its variables here.
        self.crash: Exception | None = None
        # Whether its terminal is gone.
        self.hung_up = False
        self._asked_for = property_code
        self._ticks = 0
        self._accruing = Accruing(self)
        self._listening = False
        self._undo: Undo | None = None
        self.book.link.listen(self._link_changed)
        self.book.lost = self._tell_lost
        self.book.painting = self._painting
        self._rung: Timer | None = None

    def on_mount(self) -> None:
        """Look at the clock, and for the property that was named."""
        self.set_keymap(keymap_of(self.keys))
        self.set_interval(1, self._tick)
        if self.looks_for_house:
            start(self, self._find_house, "house")

    def on_ready(self) -> None:
        """Paint the whole first frame now: Textual forgets the first one, and has the next a beat later."""
        self.screen.refresh()
        self.screen._on_timer_update()

    async def on_unmount(self) -> None:
        """Let go of the book."""
        await to_thread(self.book.close)

    def key_of(self, name: str) -> str:
        """The key of an action by its name, as it is shown."""
        return self.get_key_display(next(iter(Binding.make_bindings([Binding(first_key(self.keys, name), "")]))))

    @property
    def looks_for_house(self) -> bool:
        """Whether the property that was named is not known yet: nothing need be asked before."""
        return self._asked_for is not None

    @property
    def frame(self) -> "Frame | None":
        """The screen that is seen, below the dialogs; None while the application begins or ends."""
        from tui.screens.frame import Frame

        stack = self._screen_stacks.get(self.current_mode, [])
        return next((screen for screen in reversed(stack) if isinstance(screen, Frame) and screen.is_running), None)

    def comes_early(self, key: Key) -> bool:
        """Whether the rows that the key is about are on their way; other keys, and who types, need not wait."""
        frame = self.frame
        if frame is None or self.screen is not frame or not frame.awaits_rows:
            return False
        active = frame.active_bindings.get(key.key)
        if isinstance(self.focused, Input):
            waits = frame.HOLDS_WORDS and key.key != "escape"
        else:
            waits = active is None or str(active.binding.id).startswith(("table.", "do."))
        return waits and self.book.link.state is not State.DOWN

    def tell(self, error: EkostError) -> None:
        """Show an error in passing; that the book is away stands in the line of state."""
        if not is_lost(error):
            self.notify(sentence(error), severity="error", markup=False)

    def _tell_lost(self, error: EkostError) -> None:
        """Show for long what somebody believes to be in the book, and what a failover has lost."""
        from locales.telling import lost_told

        fields = lost_told(error.fields) if "what" in error.fields else {}
        told = type(error)(**error.fields | fields)
        self.notify(sentence(told), severity="error", timeout=LOST, markup=False)

    def action_reread(self) -> None:
        """Ask the book again for what is shown."""
        if self.looks_for_house:
            start(self, self._find_house, "house")
        elif self.frame is not None:
            self.frame.reread()

    def action_language(self) -> None:
        """Speak the other language; nothing is lost by it."""
        others = LANGUAGES[LANGUAGES.index(current_language()) + 1 :] or LANGUAGES
        set_language(others[0])
        for frame in self._frames():
            frame.retell()

    def action_house(self) -> None:
        """Choose the property that everything is about."""
        from tui.dialogs.choosing import Choice
        from tui.dialogs.house import HouseDialog

        def chosen(choice: Choice[House | None] | None) -> None:
            if choice is not None:
                self.choose_house(choice.value)

        self.push_screen(HouseDialog(self.book), chosen)

    def choose_house(self, house: House | None) -> None:
        """From now on everything is about this property, or about all of them."""
        self.house = house
        for frame in self._frames():
            frame.house_chosen(house)

    def show_rooms(self, number: str) -> None:
        """The rooms whose numbers begin so."""

        async def show() -> None:
            from tui.screens.rooms import RoomsScreen

            await self.switch_mode("rooms")
            if isinstance(self.frame, RoomsScreen):
                self.frame.look_for(number)

        start(self, show, "rooms")

    async def _find_house(self) -> None:
        """Choose the property that the command line named; all of them if there is none like that."""
        from tui.houses import find_house

        code, house = str(self._asked_for), None
        try:
            house = await self.book.foreseen(("property", code)) or await self.book.ask(
                lambda conn: find_house(conn, code)
            )
        except EkostError as error:
            self.tell(error)
            if is_lost(error):
                return
        self._asked_for = None
        self.choose_house(house)

    def action_help(self) -> None:
        """What the keys do here."""
        from tui.dialogs.help import HelpDialog

        self.push_screen(HelpDialog(self.screen))

    def _frames(self) -> "list[Frame]":
        from tui.screens.frame import Frame

        stacks = self._screen_stacks.values()
        return [screen for stack in stacks for screen in stack if isinstance(screen, Frame) and screen.is_running]

    # -- what was just done

    async def action_quit(self) -> None:
        """End; a form in which something was typed asks first."""
        from tui.dialogs.form import FormDialog

        if isinstance(self.screen, FormDialog) and self.screen.touched:
            self.screen.action_leave()
        else:
            self.exit()

    def action_help_quit(self) -> None:
        """Tell who presses Ctrl-C which key quits."""
        quits = next(active.binding for active in self.active_bindings.values() if active.binding.action == "quit")
        self.notify(_("Press {key} to quit.").format(key=self.get_key_display(quits)), markup=False)

    def fill_in(self, form: "FormDialog[Any]") -> None:
        """Let a form be filled in; for some seconds one key takes back what it did, where that is possible."""
        if self.book.read_only:
            self.tell(ReadOnlyError())
        else:
            self.push_screen(form, self.filled_in)

    def filled_in(self, done: "Done | None") -> None:
        """Say what was done, for how long one key takes it back, and show the book as it is now."""
        if done is None:
            return
        self._undo = Undo(done, monotonic() + UNDO) if done.undo else None
        how = " " + _("{key} takes it back.").format(key=self.key_of("app.undo")) if done.undo else ""
        self.notify(safe(done.told) + how, timeout=UNDO, markup=False)
        if done.after is not None:
            done.after(self.book)
        if done.renamed is not None:
            for frame in self._frames():
                frame.renamed(*done.renamed)
        self.action_reread()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to take back only for a while."""
        return action != "undo" or (self._undo is not None and monotonic() < self._undo.until)

    def action_undo(self) -> None:
        """Take back what was just recorded, by a reversing entry."""
        undo, self._undo = self._undo, None
        if undo is not None and monotonic() < undo.until:
            start(self, partial(self._take_back, undo.done), "undo", beside=True)

    async def _take_back(self, done: "Done") -> None:
        assert done.undo is not None  # noqa: S101 - else there is nothing to undo
        try:
            await self.book.change(done.undo)
        except EkostError as error:
            self.notify(sentence(error), severity="error", markup=False)
        else:
            self.notify(done.undone, markup=False)
            self.action_reread()

    # -- the book

    def _link_changed(self, state: State) -> None:
        if self.frame is not None:
            self.frame.tell_link(self.book.link)
        if state is State.UP and not self._listening:
            self._listening = True
            self.set_timer(BREATH, lambda: self.book.listen(self._ring))

    def _ring(self) -> None:
        """Something was changed: look once for all that comes within a moment."""
        if self._rung is None:
            self._rung = self.set_timer(TOGETHER, self._look)

    def _look(self) -> None:
        self._rung = None
        if self.frame is not None:
            self.frame.look_again()

    def _painting(self, name: str, begun: float) -> None:
        """Note how long it took until the answer to a question is seen."""
        from db.metrics.collecting import COLLECTOR, SCREEN
        from db.metrics.sink import DONE

        self.call_after_refresh(lambda: COLLECTOR.note(SCREEN, name, DONE, monotonic() - begun))

    def _tick(self) -> None:
        link, frame = self.book.link, self.frame
        self._ticks += 1
        if not self.is_headless and has_hung_up():
            self.hung_up = True
            self.exit()
        if not gc.isenabled() and (self.book.is_open or link.state is State.DOWN):
            # All libraries are loaded now and stay: a full collection over them would stop the screen for a moment.
            gc.freeze()
            gc.enable()
        self._accruing.tick()
        if frame is None:
            return
        if link.tick():
            self.action_reread()
        elif link.state is State.UP and self._ticks % POLL == 0:
            frame.look_again()
        if link.state is State.DOWN:
            frame.tell_link(link)

    def _handle_exception(self, error: Exception) -> None:
        # What a worker stumbled over comes wrapped.
        self.crash = self.crash or getattr(error, "error", error)
        super()._handle_exception(error)

    def panic(self, *_renderables: object) -> None:
        """End without a word: who called tells what happened. What Textual would print holds people's data."""
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        self.panic()
