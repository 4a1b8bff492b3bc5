"""The application: which screens there are, what they share, and how it ends."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from db.errors import EkostError
from locales.catalogs import N_
from tui.book import Book, is_lost
from tui.modes import builders
from tui.scope import House

if TYPE_CHECKING:
    from db.engine import Database
    from tui.screens.frame import Frame


class EkostApp(App[None]):
    """The screens of E-Kost. `open_database` is called in a thread, behind the first frame."""

    TITLE = "E-Kost"
    CSS_PATH = "ekost.tcss"
    MODES = builders()
    DEFAULT_MODE = "tenants"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", N_("Quit"), id="app.quit"),
        Binding("r", "reread", N_("Read again"), show=False, id="app.reread"),
    ]

    def __init__(self, open_database: "Callable[[], Database]", *, read_only: bool = False) -> None:
        super().__init__()
        self.book = Book(open_database, read_only=read_only)
        self.house: House | None = None
        # What ended the application, for who called it: it is never printed with its variables here.
        self.crash: Exception | None = None

    def on_mount(self) -> None:
        """Watch the book."""
        self.book.link.listen(lambda _state: self.frame.tell_link(self.book.link))
        self.set_interval(1, self._tick)

    def on_unmount(self) -> None:
        """Let go of the book."""
        self.book.close()

    @property
    def frame(self) -> "Frame":
        """The screen at the bottom of what is seen: dialogs lie on top of it."""
        from tui.screens.frame import Frame

        return next(screen for screen in reversed(self.screen_stack) if isinstance(screen, Frame))

    def tell(self, error: EkostError) -> None:
        """Show an error in passing; that the book is away stands in the line of state."""
        from tui.sentences import sentence

        if not is_lost(error):
            self.notify(sentence(error), severity="error", markup=False)

    def action_reread(self) -> None:
        """Ask the book again for what is shown."""
        self.frame.reread()

    def _tick(self) -> None:
        link = self.book.link
        if link.tick():
            self.frame.reread()
        self.frame.tell_link(link)

    def _handle_exception(self, error: Exception) -> None:
        self.crash = self.crash or error
        super()._handle_exception(error)

    def panic(self, *_renderables: object) -> None:
        """End without a word: who called tells what happened. What Textual would print holds people's data."""
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        self.panic()
