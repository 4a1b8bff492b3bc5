"""Under which account the servers run when root starts them: never root itself."""

import fcntl
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from db.embedded.errors import ServiceAccountError

_DEFAULT_NAME = "ekost"
_USERADD = (
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir=/nonexistent",
    "--shell=/usr/sbin/nologin",
)


class Account(NamedTuple):
    """Numbers, not names: a volume may outlive the container that knew the name."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        """For messages: the name where there is one."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)


def owner_of(found: os.stat_result) -> Account:
    """The account that owns a file."""
    return Account(found.st_uid, found.st_gid)


def service_account() -> Account:
    """The account named by EKOST_RUN_AS, or `ekost`, created if need be. Raises ServiceAccountError."""
    name = os.environ.get("EKOST_RUN_AS") or _DEFAULT_NAME
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        entry = _created(name)
    if entry.pw_uid == 0:
        raise ServiceAccountError(account=name, reason="it is root itself")
    return Account(entry.pw_uid, entry.pw_gid)


def _created(name: str) -> pwd.struct_passwd:
    # Only our own name is made up: a misspelt EKOST_RUN_AS must not become a user.
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if name != _DEFAULT_NAME or program is None:
        raise ServiceAccountError(account=name, reason="it is not in the list of users")
    with _user_list_to_ourselves():
        try:
            return pwd.getpwnam(name)  # another starter was faster
        except KeyError:
            return _added(program, name)


@contextmanager
def _user_list_to_ourselves() -> Iterator[None]:
    """Keep other starters out: two `useradd` at once add the same name twice, with two numbers.

    useradd replaces the file, so that a lock on the old one ends when the name is in the new one.
    """
    with Path("/etc/passwd").open(encoding="utf-8") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        yield


def _added(program: str, name: str) -> pwd.struct_passwd:
    done = subprocess.run([program, *_USERADD, name], capture_output=True, text=True, check=False)
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise ServiceAccountError(account=name, reason=done.stderr.strip() or "useradd failed") from None
