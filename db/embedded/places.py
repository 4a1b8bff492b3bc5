"""Which folder holds the files of the servers, and whose it is.

An ordinary user owns the home itself. Root owns a home that others may pass through, with the
folder `state` of the service account in it. When root is sent to a home of somebody else, the
servers run as that user, so that both find the same servers.
"""

import os
import stat
from pathlib import Path
from typing import NamedTuple

from db.embedded.account import Account, owner_of, service_account
from db.embedded.errors import FolderOfOthersError, RootPowerlessError


class Place(NamedTuple):
    """The folder of the servers' files and the account to work as; None means ourselves."""

    base: Path
    account: Account | None


def find_place(home: Path) -> Place | None:
    """Where the servers of `home` have their files, None where there can't be any. Makes nothing."""
    try:
        found = home.stat()
        if os.geteuid() != 0:
            return Place(home, None)
        if found.st_uid != 0:
            return Place(home, owner_of(found))
        _check_root_home(home, found)
        state = (home / "state").lstat()
    except FileNotFoundError:
        return None
    # Still root's: a start was killed before it could give the folder away.
    return Place(home / "state", owner_of(state)) if state.st_uid else None


def make_place(home: Path) -> Place:
    """Like `find_place`, but root makes what is missing: the folder and the service account."""
    if os.geteuid() != 0:
        return Place(home, None)
    _make_root_home(home)
    if place := find_place(home):
        return place
    account = service_account()
    state = home / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    if state.lstat().st_uid == 0:
        _give(state, account)
    # Whoever was first has chosen the account.
    return Place(state, owner_of(state.lstat()))


def worker_place(home: Path) -> Place:
    """Where the worker of `home` has its files: unlike the servers, root's own runs as root, in the home itself."""
    if os.geteuid() == 0:
        _make_root_home(home)
        found = home.stat()
        if found.st_uid != 0:
            return Place(home, owner_of(found))
        _check_root_home(home, found)
    return Place(home, None)


def _give(folder: Path, account: Account) -> None:
    try:
        os.chown(folder, *account, follow_symlinks=False)
    except PermissionError:
        raise RootPowerlessError(account=account.name) from None


def _make_root_home(home: Path) -> None:
    """Create `home` so that the service account may pass through, whatever the umask is."""
    for folder in [*reversed(home.parents), home]:
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711 if folder == home else 0o755)


def _check_root_home(home: Path, found: os.stat_result) -> None:
    # Where others may write, they could put a folder of theirs in the place of `state`.
    if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022:
        raise FolderOfOthersError(path=home)
