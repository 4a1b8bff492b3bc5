"""The tenants."""

from locales.catalogs import _
from tui.listings.tenants import TENANTS
from tui.screens.listed import ListScreen


class TenantsScreen(ListScreen):
    """Who rents, where, and how they stand."""

    MODE = "tenants"
    LISTING = TENANTS

    def nothing_told(self) -> str:
        """Also how to begin, where one may."""
        told, book = super().nothing_told(), self.ekost.book
        if told != _(TENANTS.nothing) or book.read_only:
            return told
        return f"{told}\n" + _("{key} adds one.").format(key=self.ekost.key_of("do.new_tenant"))
