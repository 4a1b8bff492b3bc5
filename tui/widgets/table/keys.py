"""The keys of the big table: arrows, and those of vi."""

from textual.binding import Binding

from locales.catalogs import N_

BINDINGS = [
    Binding("enter", "open", N_("Open"), id="table.open"),
    Binding("down,j", "step(1)", N_("Down"), show=False, id="table.down"),
    Binding("up,k", "step(-1)", N_("Up"), show=False, id="table.up"),
    Binding("pagedown,ctrl+f", "leaf(1)", N_("A page down"), show=False, id="table.page_down"),
    Binding("pageup,ctrl+b", "leaf(-1)", N_("A page up"), show=False, id="table.page_up"),
    Binding("ctrl+d", "leaf(1, 2)", N_("Half a page down"), show=False, id="table.half_down"),
    Binding("ctrl+u", "leaf(-1, 2)", N_("Half a page up"), show=False, id="table.half_up"),
    Binding("home,g", "first", N_("To the beginning"), show=False, id="table.first"),
    Binding("end,G", "last", N_("To the end"), show=False, id="table.last"),
    Binding("left,h", "aside(-1)", N_("Column to the left"), show=False, id="table.left"),
    Binding("right,l", "aside(1)", N_("Column to the right"), show=False, id="table.right"),
    Binding("space", "mark", N_("Mark"), show=False, id="table.mark"),
    Binding("u", "unmark", N_("Take all marks away"), show=False, id="table.unmark"),
    Binding("W", "whole", N_("The whole row"), show=False, id="table.whole"),
    Binding("y", "copy_cell", N_("Copy the cell"), show=False, id="table.copy_cell"),
    Binding("Y", "copy_rows", N_("Copy the row, or the marked ones"), show=False, id="table.copy_rows"),
]
