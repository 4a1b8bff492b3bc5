"""What every kind of import shares: a chunk of rows and what became of it, and the claim on a row's fingerprint."""

from typing import NamedTuple


class Chunk(NamedTuple):
    """The rows up to `position`, done in one transaction: so many applied, skipped as known, rejected.

    `known_from` counts the skipped rows by the import that had brought them before.
    """

    position: int
    applied: int = 0
    skipped: int = 0
    rejected: int = 0
    known_from: dict[str, int] = {}  # noqa: RUF012 - never changed
