"""A worker's signs of life, by which everybody else knows whether work will be done without them."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, update

from db.repositories.workers import SILENT
from db.tables import workers

_w = workers.c


def sign_on(conn: Connection, host: str, pid: int, queues: Sequence[str]) -> int:
    """Enter a worker; its id. Whoever fell silent long ago is struck off."""
    long_ago = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, 4 * SILENT)
    conn.execute(delete(workers).where((_w.seen_at < long_ago) | ((_w.host == host) & (_w.pid == pid))))
    entered = insert(workers).values(host=host, pid=pid, queues=list(queues)).returning(_w.id)
    return int(conn.execute(entered).scalar_one())


def sign_of_life(conn: Connection, worker_id: int, *, by_hand: bool) -> bool:
    """Say that a worker lives; False when it was struck off meanwhile and has to sign on again."""
    seen = update(workers).where(_w.id == worker_id).values(seen_at=func.clock_timestamp(), by_hand=by_hand)
    return conn.execute(seen).rowcount == 1


def sign_off(conn: Connection, worker_id: int) -> None:
    """Strike a worker off at its end."""
    conn.execute(delete(workers).where(_w.id == worker_id))
