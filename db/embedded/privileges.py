"""How root becomes an ordinary account for a while: it forks, and the child never comes back.

Root must not touch files in a folder of the service account, where a link could lead its writing
anywhere, and PostgreSQL refuses root. So a child gives up its privileges for good, does all the
work and answers over a pipe, in JSON: root must not unpickle what an ordinary account wrote.
"""

import json
import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

from db.embedded.account import Account
from db.embedded.errors import FolderUnusableError, RootPowerlessError, restored
from db.errors import EkostError

T = TypeVar("T")
_DIED = '{"code": "", "fields": {"detail": "the process that works for root ended early"}}'


def run_as(account: Account | None, work: Callable[[], T]) -> T:
    """Do `work` as `account`, or here and now for None; its EkostErrors are raised in the caller.

    The result must survive JSON. It forks, so call it before threads are started. `work` must
    import nothing, not even a text encoding: the account may be unable to read our modules.
    """
    if account is None:
        return work()
    reader, writer = os.pipe()
    child = _fork()
    if child == 0:
        _live_as(account, work, writer)
    os.close(writer)
    answer = json.loads(_hear(child, reader) or _DIED)
    if "code" in answer:
        raise restored(answer["code"], answer["fields"])
    result: T = answer["result"]
    return result


def closed_to(account: Account, paths: list[Path]) -> list[Path]:
    """Those of `paths` that `account` can't enter or run. Only its own try tells: ACLs, mounts, ..."""
    closed = run_as(account, lambda: [number for number, path in enumerate(paths) if not _usable(path)])
    return [paths[number] for number in closed]


def _usable(path: Path) -> bool:
    return os.access(path, os.X_OK)


def _fork() -> int:
    with warnings.catch_warnings():
        # Python warns when there are threads. Our child runs plain Python and programs, and waits
        # for no lock that another thread may have held.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _hear(child: int, reader: int) -> str:
    try:
        with os.fdopen(reader, encoding="utf-8") as pipe:
            return pipe.read()
    except BaseException:
        os.kill(child, signal.SIGTERM)
        raise
    finally:
        os.waitpid(child, 0)


def _live_as(account: Account, work: Callable[[], object], writer: int) -> NoReturn:
    """The child's whole life: it must never return into the caller's code."""
    try:
        _drop_privileges(account)
        told: dict[str, object] = {"result": work()}
    except EkostError as error:
        told = _failure(error.code, error.fields)
    except OSError as error:
        told = _failure(FolderUnusableError.code, reason_of(error))
    except BaseException as error:
        told = _failure("", {"detail": f"{type(error).__name__}: {error}"})
    try:
        os.write(writer, json.dumps(told).encode())
    finally:
        os._exit(0)


def reason_of(error: OSError) -> dict[str, object]:
    """Fields of FolderUnusableError for what the operating system said."""
    return {"path": error.filename or "", "reason": error.strerror or str(error)}


def _failure(code: str, fields: dict[str, object]) -> dict[str, object]:
    return {"code": code, "fields": {name: str(value) for name, value in fields.items()}}


def _drop_privileges(account: Account) -> None:
    try:
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
    except PermissionError:
        raise RootPowerlessError(account=account.name) from None
    os.umask(0o077)
    os.chdir("/")
    os.environ["HOME"] = "/nonexistent"
