"""Files and folders that are there whole or not at all, and that only their owner may read: people stand in them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from db.embedded.files import sync_folder
from db.transfer.errors import BookFolderError, BookFolderTakenError


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder for us alone that becomes `folder`, a new or empty one, at the end; nothing is left of it on an error.

    Raises BookFolderError, BookFolderTakenError.
    """
    try:
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise BookFolderTakenError(path=folder)
        hidden = folder.with_name(f".{folder.name}.{os.getpid()}.draft")
        hidden.mkdir(0o700)
    except OSError as error:
        raise BookFolderError(path=folder, reason=error.strerror or "-") from error
    try:
        yield hidden
        sync_folder(hidden)
        hidden.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise BookFolderError(path=folder, reason=error.strerror or "-") from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there before; nothing is left of it on an error.

    Raises BookFolderError, BookFolderTakenError.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise BookFolderTakenError(path=path) from None
    except OSError as error:
        raise BookFolderError(path=path, reason=error.strerror or "-") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise BookFolderError(path=path, reason=error.strerror or "-") from error
        raise
