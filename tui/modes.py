"""The screens that fill the terminal, by number key. Each is imported when it is first looked at."""

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from textual.screen import Screen

from locales.catalogs import N_


class Mode(NamedTuple):
    """A screen to switch to: `target` is its `module:Class` under `tui.screens`."""

    key: str
    name: str
    label: str
    target: str

    def build(self) -> Screen[None]:
        """The screen itself."""
        module, _, kind = self.target.partition(":")
        screen: Screen[None] = getattr(import_module(f"tui.screens.{module}"), kind)()
        return screen


MODES = (Mode("2", "tenants", N_("Tenants"), "tenants:TenantsScreen"),)
BY_NAME = {mode.name: mode for mode in MODES}


def builders() -> dict[str, str | Callable[[], Screen[None]]]:
    """The modes as Textual wants them."""
    return {mode.name: mode.build for mode in MODES}
