"""The names of several lists above the one that is shown."""

from functools import partial
from typing import Protocol

from textual.content import Content
from textual.events import Click
from textual.widget import Widget

from locales.catalogs import _


class Tabbed(Protocol):
    """Who has several lists; their names are marked with `N_`."""

    @property
    def tabs(self) -> list[str]:
        """The names of the lists."""

    @property
    def tab(self) -> int:
        """Which one is shown."""

    def show_tab(self, number: int) -> None:
        """Show the list with this number."""


class Tabs(Widget):
    """The names of the lists, the one that is shown lit; a click shows another one."""

    def __init__(self, owner: Tabbed) -> None:
        super().__init__()
        self._owner = owner

    def render(self) -> Content:
        """As many as there is room for."""
        shown = self._owner.tab
        parts = [(f" {_(name)} ", "reverse" if at == shown else "") for at, name in enumerate(self._owner.tabs)]
        return Content.assemble(*parts).truncate(self.size.width, ellipsis=True)

    def on_click(self, event: Click) -> None:
        """The list whose name was clicked."""
        end = 0
        for at, name in enumerate(self._owner.tabs):
            end += Content(f" {_(name)} ").cell_length
            if event.x < end:
                self.call_later(partial(self._owner.show_tab, at))
                return
