"""The rooms."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from locales.catalogs import N_
from tui.listings.rooms import ROOMS
from tui.screens.listed import ListScreen


class RoomsScreen(ListScreen):
    """Which rooms there are, and which are free."""

    MODE = "rooms"
    LISTING = ROOMS
    BINDINGS: ClassVar[list[BindingType]] = [Binding("t", "status", N_("Status"), id="rooms.status")]
    STATUSES = ("available", "occupied", "renovation")
