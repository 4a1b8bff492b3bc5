"""`ekost report`: what the book comes to."""

from ekost_cli.reporting import debts, money, months, rooms
from ekost_cli.reporting.noun import app

__all__ = ["app", "debts", "money", "months", "rooms"]
