"""Making sure that the service account can run the server programs.

Root's virtual environment often lies under /root, which is closed. The programs are copied once;
nobody opens /root for their sake.
"""

import hashlib
import os
import shutil
import stat
from pathlib import Path

from db.embedded.binaries import Program
from db.embedded.errors import FolderClosedError
from db.embedded.places import Place
from db.embedded.privileges import closed_to


def executables_for(place: Place, home: Path, programs: list[Program]) -> list[Path]:
    """The programs as the account of `place` can run them. Raises FolderClosedError."""
    wanted = [program.executable for program in programs]
    if place.account is None:
        return wanted
    folders = [*reversed(place.base.parents), place.base]
    closed = closed_to(place.account, [*folders, *wanted])
    # Root copies only into a folder of its own.
    must_be_open = folders if place.base != home else [*folders, *wanted]
    for path in must_be_open:
        if path in closed:
            raise FolderClosedError(account=place.account.name, path=path)
    return [_staged(program, home) if program.executable in closed else program.executable for program in programs]


def _staged(program: Program, home: Path) -> Path:
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
    target.parent.chmod(0o755)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for part in program.parts:
        source, copied = program.root / part, draft / part
        copied.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copied, symlinks=True)
        else:
            shutil.copy2(source, copied)
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
