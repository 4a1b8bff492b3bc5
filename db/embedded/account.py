"""Under which account the servers run, and how root becomes it.

PostgreSQL refuses root, and root must not write into folders of a service account, where a link
could lead its writing anywhere. So root forks a child that drops its privileges for good; the child
does all work on files and servers and answers over a pipe.
"""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar

from db.embedded.errors import (
    EmbeddedServerError,
    FolderClosedError,
    FolderOfOthersError,
    FolderUnusableError,
    ServiceAccountError,
    restored,
)
from db.errors import EkostError

T = TypeVar("T")
_DEFAULT_NAME = "ekost"


class Account(NamedTuple):
    """Numbers, not names: a volume may outlive the container that knew the name."""

    uid: int
    gid: int


class Place(NamedTuple):
    """The folder of the servers' files and the account that owns it; None means ourselves."""

    base: Path
    account: Account | None


def find_place(home: Path) -> Place | None:
    """Where the servers of `home` have their files, None if they never ran. Makes nothing."""
    try:
        owner = home.stat()
        if os.geteuid() != 0:
            return Place(home, None)
        if owner.st_uid != 0:
            return Place(home, _owner_account(owner))
        state = (home / "state").lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Place(home / "state", _owner_account(state)) if state.st_uid else None


def make_place(home: Path) -> Place:
    """Like `find_place`, but root makes what is missing: the folder and the service account."""
    if os.geteuid() != 0:
        return Place(home, None)
    _make_root_home(home)
    if place := find_place(home):
        return place
    account = _service_account()
    state = home / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    os.chown(state, *account, follow_symlinks=False)
    return Place(state, account)


def check_reachable(place: Place) -> None:
    """Raises FolderClosedError when the account can't come to its own folder."""
    if place.account is None:
        return
    chain = [*reversed(place.base.parents), place.base]
    if closed := first_closed(place.account, chain):
        raise FolderClosedError(account=_name(place.account), path=closed)


def first_closed(account: Account, paths: list[Path]) -> str | None:
    """The first of `paths` that `account` can't enter or run."""
    return run_as(account, lambda: next((str(path) for path in paths if not os.access(path, os.X_OK)), None))


def run_as(account: Account | None, work: Callable[[], T]) -> T:
    """Do `work` as `account`. Its result must survive JSON; its EkostErrors are raised here again.

    Call it before threads are started: it forks. `work` must import nothing, because the account
    may not be allowed to read the folder of our modules.
    """
    if account is None:
        return work()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(writer, account, work)
    os.close(writer)
    try:
        with os.fdopen(reader, encoding="utf-8") as pipe:
            told = pipe.read()
    except BaseException:
        os.kill(child, signal.SIGTERM)
        raise
    finally:
        os.waitpid(child, 0)
    answer = json.loads(told or '{"code": "", "fields": {"detail": "the helper process ended early"}}')
    if "code" in answer:
        raise restored(answer["code"], answer["fields"])
    result: T = answer["result"]
    return result


def _answer(writer: int, account: Account, work: Callable[[], object]) -> NoReturn:
    """The child's whole life: it never returns into the caller's code."""
    try:
        _drop_privileges(account)
        told = json.dumps({"result": work()})
    except EkostError as error:
        told = json.dumps(
            {"code": error.code, "fields": {name: str(value) for name, value in error.fields.items()}}
        )
    except OSError as error:
        fields = {"path": str(error.filename or account), "reason": error.strerror or str(error)}
        told = json.dumps({"code": FolderUnusableError.code, "fields": fields})
    except BaseException as error:
        told = json.dumps({"code": "", "fields": {"detail": f"{type(error).__name__}: {error}"}})
    try:
        os.write(writer, told.encode())
    finally:
        os._exit(0)


def _drop_privileges(account: Account) -> None:
    try:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
    except PermissionError:
        raise EmbeddedServerError(detail="root may not change its user here (no CAP_SETUID)") from None
    os.umask(0o077)
    os.chdir("/")
    os.environ["HOME"] = "/nonexistent"


def _owner_account(owner: os.stat_result) -> Account:
    return Account(owner.st_uid, owner.st_gid)


def _make_root_home(home: Path) -> None:
    """Create `home` so that others may pass through, whatever the umask is."""
    for folder in [*reversed(home.parents), home]:
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711 if folder == home else 0o755)
    found = home.stat()
    if not stat.S_ISDIR(found.st_mode) or (found.st_uid == 0 and found.st_mode & 0o022):
        raise FolderOfOthersError(path=home)


def _service_account() -> Account:
    """The account named by EKOST_RUN_AS, or `ekost`, which is created if need be."""
    name = os.environ.get("EKOST_RUN_AS") or _DEFAULT_NAME
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        entry = _created(name)
    if entry.pw_uid == 0:
        raise ServiceAccountError(account=name, reason="it is root itself")
    return Account(entry.pw_uid, entry.pw_gid)


def _created(name: str) -> pwd.struct_passwd:
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if name != _DEFAULT_NAME or program is None:
        raise ServiceAccountError(account=name, reason="it is not in the list of users")
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    done = subprocess.run(
        [program, *options, "--shell", "/usr/sbin/nologin", name], capture_output=True, text=True, check=False
    )
    try:
        # Asked again whatever useradd said: another starter may have been faster.
        return pwd.getpwnam(name)
    except KeyError:
        raise ServiceAccountError(account=name, reason=done.stderr.strip() or "useradd failed") from None


def _name(account: Account) -> str:
    try:
        return pwd.getpwuid(account.uid).pw_name
    except KeyError:
        return str(account.uid)
