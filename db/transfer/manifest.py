"""What is written down beside the files of an exported book: enough to tell whether all of it is there, unchanged."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from db.transfer.errors import BookDamagedError, BookUnknownError

NAME = "manifest.json"
FORM = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file: the table's rows, the sums of its money as decimal texts, and the last id that was given to a row."""

    file: str
    table: str
    rows: int
    sums: dict[str, str]
    last_id: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An exported book in a few words."""

    made_at: datetime
    revision: str
    program: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """How many rows there are in all files."""
        return sum(part.rows for part in self.parts)

    def told(self) -> dict[str, object]:
        """What a person is told of it."""
        size = sum(part.bytes for part in self.parts)
        head: dict[str, object] = {"made_at": self.made_at, "revision": self.revision, "program": self.program}
        return head | {"files": len(self.parts), "rows": self.rows, "bytes": size}

    def text(self) -> str:
        """As it is written down."""
        head = {"form": FORM, "made_at": self.made_at.astimezone(UTC).isoformat(), "revision": self.revision}
        fields = head | {"program": self.program, "files": [asdict(part) for part in self.parts]}
        return json.dumps(fields, indent=1) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the book exported to `folder`. Raises BookUnknownError."""
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if found["form"] != FORM:
            raise ValueError("form")
        made_at, revision, program = datetime.fromisoformat(found["made_at"]), found["revision"], found["program"]
        if made_at.tzinfo is None or not isinstance(revision, str) or not isinstance(program, str):
            raise ValueError("values")
        parts = tuple(_part(Part(**part)) for part in found["files"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise BookUnknownError(path=folder) from error
    return Manifest(made_at=made_at, revision=revision, program=program, parts=parts)


def _part(part: Part) -> Part:
    """The same, if its values are of their kind. Raises ValueError, ArithmeticError."""
    numbers = (part.rows, part.last_id, part.bytes)
    if part.file != f"{part.table}.csv" or not part.table.isidentifier():
        raise ValueError("file")  # a name that leads elsewhere
    if any(type(number) is not int or number < 0 for number in numbers) or not isinstance(part.sha256, str):
        raise ValueError("numbers")
    for amount in part.sums.values():
        Decimal(amount)
    return part


def check_files(folder: Path, manifest: Manifest) -> None:
    """See that every file is byte for byte what was written. Raises BookDamagedError."""
    for part in manifest.parts:
        try:
            with (folder / part.file).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise BookDamagedError(file=part.file) from error
        if found != part.sha256:
            raise BookDamagedError(file=part.file)
