"""Open a link with the program that the system has for it: by hand, on a terminal, and nothing waits for it."""

import shutil
import subprocess
import sys

from ekost_cli.context import Context
from ekost_cli.terminal import is_terminal
from locales.catalogs import _


def open_link(ekost: Context, link: str) -> None:
    """Hand the link over; where nobody sits or no program is there, it was printed anyway."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        return
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if opener is None:
        ekost.note(_("No program was found that opens links; copy it instead."))
        return
    nothing = subprocess.DEVNULL
    # No shell, and the text in the link is encoded: a name can't become a word of the command.
    subprocess.Popen([opener, link], stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)
