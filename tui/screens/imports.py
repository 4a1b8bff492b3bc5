"""What came in from files."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from locales.catalogs import N_
from tui.listings.imports import IMPORTS
from tui.screens.listed import ListScreen


class ImportsScreen(ListScreen):
    """Imports as they go on, and how they ended."""

    MODE = "imports"
    LISTING = IMPORTS
    BINDINGS: ClassVar[list[BindingType]] = [Binding("t", "status", N_("State"), id="imports.state")]
    STATUSES = ("queued", "running", "done", "failed", "undone")
