"""Files that must be whole after a crash, and the random passwords in one of them."""

import json
import os
from pathlib import Path
from typing import NamedTuple

from db.embedded.errors import SecretsLostError


class Secrets(NamedTuple):
    """Passwords of the two roles; they never appear on a command line or in a log."""

    admin: str
    app: str


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text` with mode 0600; a crash leaves the old file or the new one."""
    draft = path.with_name(f"{path.name}.new")
    # Removed first, so that the mode is that of a new file.
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def load_secrets(path: Path) -> Secrets:
    """Read the passwords. Raises SecretsLostError."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return Secrets(str(stored["admin"]), str(stored["app"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        raise SecretsLostError(path=path) from None


def new_secrets(path: Path) -> Secrets:
    """Make the passwords of a database that does not exist yet and keep them in `path`."""
    made = Secrets(os.urandom(24).hex(), os.urandom(24).hex())
    write_private(path, json.dumps(made._asdict()) + "\n")
    return made
