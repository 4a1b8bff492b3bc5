"""Old backups make room for new ones: those of the same book, in the same folder, under names that we give."""

import re
from pathlib import Path

from db.backup.errors import BackupFolderError, BackupUnknownError
from db.backup.manifest import Manifest, manifest_path, read_manifest
from db.embedded.files import sync_folder

_OURS = re.compile(r"ekost-[A-Za-z0-9_-]+-\d{8}T\d{6}\.dump")


def remove_old(newest: Path, manifest: Manifest, keep: int) -> list[Path]:
    """Remove all but the `keep` newest backups of this book beside `newest`; what was removed.

    Raises BackupFolderError. A file under another name, without a manifest, of another book or size is left alone.
    """
    found = sorted(
        ((made.made_at, path) for path in newest.parent.glob("ekost-*.dump") if (made := _ours(path, manifest.book))),
        reverse=True,
    )
    old = [path for _made_at, path in found[max(keep, 1) :] if path != newest]
    try:
        for path in old:
            # The manifest last: a backup that is seen has one.
            path.unlink()
            manifest_path(path).unlink(missing_ok=True)
        sync_folder(newest.parent)
    except OSError as error:
        raise BackupFolderError(path=error.filename or newest.parent, reason=error.strerror or "-") from error
    return old


def _ours(path: Path, book: str) -> Manifest | None:
    if not _OURS.fullmatch(path.name) or path.is_symlink():
        return None
    try:
        made = read_manifest(path)
        is_that = made.book == book and made.file == path.name and made.bytes == path.stat().st_size
    except (BackupUnknownError, BackupFolderError, OSError):
        return None
    return made if is_that else None
