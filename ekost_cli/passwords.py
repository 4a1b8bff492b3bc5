"""Ask who sits at the terminal for a password; nobody else."""

import sys

from ekost_cli.terminal import is_terminal
from locales.catalogs import _
from locales.safe import safe


def ask_password(place: str, user: str) -> str | None:
    """What was typed, unseen; None where nobody sits there. Raises KeyboardInterrupt."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return None
    from getpass import getpass

    try:
        return getpass(safe(_("Password of {user} at {place}:").format(user=user, place=place)) + " ", sys.stderr)
    except EOFError:
        return None
