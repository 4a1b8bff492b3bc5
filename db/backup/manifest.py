"""What is written down beside a backup: enough to tell whether the file is whole, and what must come out of it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from db.backup.errors import BackupDamagedError, BackupFolderError, BackupUnknownError
from db.backup.totals import Totals

FORM = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A backup in a few words. `book` tells one database from another, also where both have the same name."""

    file: str
    sha256: str
    bytes: int
    made_at: datetime
    database: str
    book: str
    revision: str
    program: str
    server: str
    pg_dump: str
    tables: int
    roles: tuple[str, ...]
    totals: tuple[Totals, ...]

    def text(self) -> str:
        """As it is written down."""
        fields = {"form": FORM, **asdict(self), "made_at": self.made_at.astimezone(UTC).isoformat()}
        return json.dumps(fields | {"totals": [row._asdict() for row in self.totals]}, indent=1) + "\n"

    @property
    def entries(self) -> int:
        """How many charges, payments and deposit entries are in it."""
        return sum(row.charges_count + row.payments_count + row.deposits_count for row in self.totals)

    @property
    def dump_major(self) -> int:
        """The major version of the program that made the file."""
        return int(self.pg_dump.partition(".")[0])


def manifest_path(path: Path) -> Path:
    """Where the manifest of a backup is."""
    return path.with_name(f"{path.name}.json")


def read_manifest(path: Path) -> Manifest:
    """The manifest of the backup at `path`. Raises BackupUnknownError, BackupFolderError."""
    beside = manifest_path(path)
    try:
        found = json.loads(beside.read_text(encoding="utf-8"))
        if found.pop("form") != FORM:
            raise ValueError("form")
        found["made_at"] = datetime.fromisoformat(found["made_at"])
        found["totals"] = tuple(Totals(**row) for row in found["totals"])
        manifest = Manifest(**found | {"roles": tuple(found["roles"])})
        # What restoring and listing ask of it: another kind of value there would only be found in their midst.
        if manifest.dump_major < 0 or manifest.entries < 0 or manifest.made_at.tzinfo is None:
            raise ValueError("values")
        return manifest
    except PermissionError as error:
        raise BackupFolderError(path=beside, reason=error.strerror or "-") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupUnknownError(path=path, manifest=beside.name) from error


def checksum(file: BufferedReader) -> str:
    """SHA-256 of a file, from its beginning."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def check_file(path: Path) -> Manifest:
    """The manifest of a file that is byte for byte what was written.

    Raises BackupUnknownError, BackupFolderError, BackupDamagedError.
    """
    manifest = read_manifest(path)
    try:
        with path.open("rb") as file:
            found = checksum(file)
    except OSError as error:
        raise BackupFolderError(path=path, reason=error.strerror or "-") from error
    if found != manifest.sha256:
        raise BackupDamagedError(path=path)
    return manifest
