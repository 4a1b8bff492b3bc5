"""Questions about background work: what waits, what is being done, what is dead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from db.errors import N_, NotFoundError
from db.policies import POLICIES, audit_key, balance_key, import_key
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables.views import job_list

# What still asks for something: work or a person.
UNSETTLED = ("ready", "leased", "dead")


class JobNotFoundError(NotFoundError):
    """No job has this name."""

    code = "job_not_found"
    message = N_("There is no job {id}.")
    hint = N_("`ekost jobs list` shows them; a name looks like balances-345 or import-3.")


class JobRow(NamedTuple):
    """One piece of background work; `key` is the key under which its effect happens once.

    `state`: ready, leased (somebody works on it), done, dead (out of attempts), discarded. `next_at`: when it is
    tried again, or for leased work, when another worker may take it over.
    """

    id: str
    queue: str
    number: int
    state: str
    attempts: int
    max_attempts: int
    next_at: datetime
    error: str | None
    subject: str
    key: str
    created_at: datetime
    done_at: datetime | None
    discard_reason: str | None


_j = job_list.c
_KEYSET = Keyset([_j.queue, _j.number])


class Jobs:
    """Questions about background work, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        queue: str | None = None,
        states: Sequence[str] = UNSETTLED,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[JobRow]:
        """A page of jobs in these states, by queue, the oldest first."""
        query: Select[Any] = select(*_j).where(_j.state.in_(states))
        if queue is not None:
            query = query.where(_j.queue == queue)
        return read_page(self._conn, query, _KEYSET, _job, scope=(queue, states), after=after, limit=limit, way=way)

    def row(self, job_id: str) -> JobRow:
        """One job by its id, such as `balances-345`. Raises JobNotFoundError."""
        queue, _, number = job_id.rpartition("-")
        queue = "imports" if queue == "import" else queue
        found = None
        if queue in POLICIES and number.isdecimal() and len(number) < 19:
            query = select(*_j).where(_j.queue == queue, _j.number == int(number))
            found = self._conn.execute(query).first()
        if found is None:
            raise JobNotFoundError(id=job_id)
        return _job(found)


def _job(values: Sequence[Any]) -> JobRow:
    row: Any = dict(zip(_j.keys(), values, strict=True))
    name = "import" if row["queue"] == "imports" else row["queue"]
    return JobRow(
        f"{name}-{row['number']}", row["queue"], row["number"], row["state"], row["attempts"], row["max_attempts"],
        row["not_before"], row["error"], row["subject"], _key(row), row["created_at"], row["done_at"],
        row["discard_reason"],
    )  # fmt: skip


def _key(row: Any) -> str:
    if row["queue"] == "imports":
        return import_key(row["file_hash"], row["actor"])
    if row["queue"] == "audit":
        return audit_key(row["entity_type"], row["entity_id"], row["subject"], row["number"])
    return balance_key(row["tenant_id"], row["number"])
