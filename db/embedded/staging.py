"""Copies of the server programs for a service account that can't read ours.

Root's virtual environment often lies under /root, which is closed. The programs are copied; nobody
opens /root for their sake.
"""

import hashlib
import os
import shutil
import stat
from pathlib import Path

from db.embedded.account import Account, first_closed
from db.embedded.binaries import Program


def reachable_executable(program: Program, home: Path, account: Account | None) -> Path:
    """The program itself where `account` can run it, else a copy below `home`/bin, made once."""
    if account is None or first_closed(account, [program.executable]) is None:
        return program.executable
    copy = home / "bin" / _fingerprint(program)
    if not copy.exists():
        _copy(program, copy)
    return copy / program.executable.relative_to(program.root)


def _fingerprint(program: Program) -> str:
    """Changes when the program is replaced, also by another version at the same place."""
    found = program.executable.stat()
    mark = f"{program.executable}\n{found.st_size}\n{found.st_mtime_ns}"
    return hashlib.sha256(os.fsencode(mark)).hexdigest()[:12]


def _copy(program: Program, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for part in program.parts:
        source, copied = program.root / part, draft / part
        copied.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copied, symlinks=True)
        else:
            shutil.copy2(source, copied)
    target.parent.chmod(0o755)
    _open_to_all(draft)
    try:
        draft.rename(target)
    except OSError:
        # Another starter was faster; its copy is as good.
        shutil.rmtree(draft, ignore_errors=True)


def _open_to_all(folder: Path) -> None:
    """Let everybody read, and run what the owner can run, whatever the umask was."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runs else 0o644)
