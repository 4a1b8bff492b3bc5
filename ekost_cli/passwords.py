"""Ask who sits at the terminal for a password; nobody else."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from db.errors import EkostError
from ekost_cli.terminal import is_terminal
from locales.catalogs import _
from locales.safe import safe

if TYPE_CHECKING:
    from ekost_cli.context import Context


def ask_password(place: str, user: str) -> str | None:
    """What was typed, unseen; None where nobody sits there. Raises KeyboardInterrupt."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return None
    from getpass import getpass

    try:
        return getpass(safe(_("Password of {user} at {place}:").format(user=user, place=place)) + " ", sys.stderr)
    except EOFError:
        return None


def let_in(ekost: "Context") -> None:
    """Ask before the screens are drawn; only where nothing that we know of holds a password, since it takes a while.

    Raises PasswordNeededError. Whatever else is wrong the screens will tell.
    """
    address = ekost.settings.database_url
    if address is not None and not _is_known(address):
        from db.passwords import PasswordNeededError

        try:
            with ekost.open_database(0, minded=False).reading():
                pass
        except PasswordNeededError:
            raise
        except EkostError:
            pass
    ekost.may_ask = False


def _is_known(address: str) -> bool:
    from db.settings_file import holds_password

    file = Path(os.environ.get("PGPASSFILE") or Path(os.environ.get("HOME") or "/") / ".pgpass")
    return holds_password(address) or bool(os.environ.get("PGPASSWORD")) or file.exists()
