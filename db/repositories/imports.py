"""Questions about imports and their rejected rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from db.errors import N_, NotFoundError
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables import import_errors, imports, properties


class ImportNotFoundError(NotFoundError):
    """No import has this number."""

    code = "import_not_found"
    message = N_("There is no import {id}.")
    hint = N_("`ekost import list` shows the numbers.")


class ImportRow(NamedTuple):
    """A run: of `rows_total` rows so many were applied, skipped as already known, or rejected.

    `options` holds what the user asked for and the columns of the file, `failure` why it stopped.
    """

    id: int
    kind: str
    file_name: str
    file_hash: str
    state: str
    rows_total: int
    rows_applied: int
    rows_skipped: int
    rows_rejected: int
    created_at: datetime
    finished_at: datetime | None
    position: int
    property_id: int | None
    property: str | None
    options: Mapping[str, Any]
    failure: Mapping[str, Any] | None
    actor: str

    def rows_done(self) -> int:
        """Rows whose fate is sealed, for a progress bar."""
        return self.rows_applied + self.rows_skipped + self.rows_rejected

    def is_open(self) -> bool:
        """Whether there is still work to do."""
        return self.state in ("queued", "running")


class ImportErrorRow(NamedTuple):
    """Why a row was rejected: the error's `code` and `fields` make the message in the reader's language."""

    line: int
    column: str
    code: str
    value: str
    fields: Mapping[str, Any]


class RejectedRow(NamedTuple):
    """A rejected row with its cells as they stood in the file, and all that was wrong with it."""

    line: int
    cells: Sequence[str]
    columns: Sequence[str]
    codes: Sequence[str]
    values: Sequence[str]
    fields: Sequence[Mapping[str, Any]]


_i, _e = imports.c, import_errors.c
_KEYSET = Keyset([_i.created_at, _i.id], descending=True)


class Imports:
    """Questions about imports, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        kind: str | None = None,
        state: str | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[ImportRow]:
        """A page of imports, the newest first."""
        query = _imports()
        for column, wanted in ((_i.kind, kind), (_i.state, state)):
            if wanted is not None:
                query = query.where(column == wanted)
        return read_page(
            self._conn, query, _KEYSET, ImportRow._make, scope=(kind, state), after=after, limit=limit, way=way
        )

    def row(self, import_id: int) -> ImportRow:
        """One import. Raises ImportNotFoundError."""
        return self._one(_imports(), import_id)

    def lock(self, import_id: int) -> ImportRow:
        """One import, locked until the transaction ends: one worker at a time goes on with it."""
        return self._one(_imports().with_for_update(of=imports), import_id)

    def lock_free(self, import_id: int) -> ImportRow | None:
        """The same, or None while another transaction holds it."""
        found = self._conn.execute(_imports().with_for_update(of=imports, skip_locked=True).where(_i.id == import_id))
        row = found.first()
        return None if row is None else ImportRow._make(row)

    def errors(
        self, import_id: int, *, after: str | None = None, limit: int = DEFAULT_LIMIT, way: Way = Way.BEHIND
    ) -> Page[ImportErrorRow]:
        """A page of what was wrong, in the order of the file. A row may be there with several columns."""
        columns: list[ColumnElement[Any]] = [_e.line, _e.column_name, _e.code, _e.value, _e.fields]
        query: Select[Any] = select(*columns).where(_e.import_id == import_id)
        keyset = Keyset([_e.line, _e.column_name])
        return read_page(
            self._conn, query, keyset, ImportErrorRow._make, scope=import_id, after=after, limit=limit, way=way
        )

    def rejected(self, import_id: int, *, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[RejectedRow]:
        """A page of rejected rows, each once, whole, in the order of the file."""
        gathered = [
            func.array_agg(aggregate_order_by(column, _e.column_name)) for column in (_e.column_name, _e.code, _e.value)
        ]
        fields = func.jsonb_agg(aggregate_order_by(_e.fields, _e.column_name))
        # The cells stand in each of them; jsonb knows no minimum, so any one is taken out of all.
        cells = func.jsonb_agg(_e.raw, type_=JSONB)[0]
        query: Select[Any] = (
            select(_e.line, cells, *gathered, fields).where(_e.import_id == import_id).group_by(_e.line)
        )
        keyset = Keyset([_e.line])
        return read_page(self._conn, query, keyset, RejectedRow._make, scope=import_id, after=after, limit=limit)

    def _one(self, query: Select[Any], import_id: int) -> ImportRow:
        found = self._conn.execute(query.where(_i.id == import_id)).first()
        if found is None:
            raise ImportNotFoundError(id=import_id)
        return ImportRow._make(found)


def _imports() -> Select[Any]:
    names = (name for name in ImportRow._fields if name != "property")
    columns = {name: _i[name] for name in names} | {"property": properties.c.code}
    return select(*(columns[name] for name in ImportRow._fields)).outerjoin_from(imports, properties)
