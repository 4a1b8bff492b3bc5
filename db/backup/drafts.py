"""Files that are there whole or not at all: written under another name, for us alone, and renamed at the end."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from db.backup.errors import BackupExistsError, BackupFolderError
from db.embedded.files import sync_folder

_DRAFT = ".draft"
# Seconds after which nobody can be at work any more on what is unfinished.
FORGOTTEN = 2 * 24 * 3600


@contextmanager
def draft(path: Path) -> Iterator[int]:
    """A descriptor of a new file with mode 0600 that becomes `path` at the end; nothing is left of it on an error.

    Raises BackupExistsError, BackupFolderError.
    """
    hidden = path.with_name(f".{path.name}.{os.getpid()}{_DRAFT}")
    try:
        if path.exists():
            raise BackupExistsError(path=path)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(hidden, flags, 0o600)
    except OSError as error:
        raise BackupFolderError(path=path, reason=error.strerror or "-") from error
    try:
        yield descriptor
        os.fsync(descriptor)
        _rename(hidden, path)
        sync_folder(path.parent)
    except OSError as error:
        raise BackupFolderError(path=path, reason=error.strerror or "-") from error
    finally:
        os.close(descriptor)
        hidden.unlink(missing_ok=True)


def remove_forgotten(folder: Path) -> None:
    """Remove the drafts of programs that were killed."""
    for hidden in folder.glob(f".*{_DRAFT}"):
        with suppress(OSError):
            if time.time() - hidden.lstat().st_mtime > FORGOTTEN:
                hidden.unlink()


def _rename(hidden: Path, path: Path) -> None:
    """A link never takes the place of a file; some file systems have none."""
    try:
        os.link(hidden, path)
    except FileExistsError:
        raise BackupExistsError(path=path) from None
    except OSError:
        hidden.rename(path)
