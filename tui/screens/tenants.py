"""The tenants."""

from tui.listings.tenants import TENANTS
from tui.screens.listed import ListScreen


class TenantsScreen(ListScreen):
    """Who rents, where, and how they stand."""

    MODE = "tenants"
    LISTING = TENANTS
