"""A titled box of lines that are said anew for whatever room there is."""

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.widget import Widget

from locales.catalogs import _

Teller = Callable[[int], Sequence[str]]


class Panel(Widget):
    """Says what `tell` returns for a width; the title is marked with `N_`."""

    def __init__(self, title: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = title
        self._tell: Teller | None = None

    def say(self, tell: Teller) -> None:
        """Say something else from now on."""
        self._tell = tell
        self.refresh()

    def render(self) -> Content:
        """The title and as many lines as there is room for."""
        lines = self._tell(self.size.width) if self._tell else [_("Reading…")]
        text = "\n".join(lines[: max(self.size.height - 1, 1)])
        return Content.assemble((_(self._title), "bold $primary"), "\n", text)
