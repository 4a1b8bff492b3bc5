"""Request keys: a command that is repeated with its key does its work once.

The key is claimed in the change's own transaction. A second claim waits for the first; then it sees
either the first answer, or, if that transaction was rolled back, a free key.
"""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from db.errors import N_, RuleError
from db.events import plain
from db.tables import request_keys
from db.writes import note_answer, note_key


class KeyReusedError(RuleError):
    """The same key came with other parameters."""

    code = "key_reused"
    message = N_("The key {key} was already used for another request.")
    hint = N_("Use a new key for a new request; repeat the old one with exactly its parameters.")


class KeyFormError(RuleError):
    """The key has a form that can't be stored."""

    code = "key_form"
    message = N_("A key has 1 to 200 visible characters without spaces.")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed key. `answer` is the id that the first request produced, or None when this is the first."""

    conn: Connection
    key: str | None
    answer: int | None = None

    def keep(self, result_id: int) -> None:
        """Remember what the request produced."""
        if self.key is not None:
            self.conn.execute(
                update(request_keys).where(request_keys.c.key == self.key).values(result={"id": result_id})
            )


def request_hash(key: str | None, operation: str, *parameters: object) -> bytes | None:
    """What tells this request from others under the same key; None without one. Raises KeyFormError."""
    if key is None:
        return None
    if not 1 <= len(key) <= 200 or not all(33 <= ord(letter) < 127 for letter in key):
        raise KeyFormError
    return hashlib.sha256(json.dumps([operation, *(plain(p) for p in parameters)]).encode()).digest()


def claim_key(conn: Connection, key: str | None, operation: str, *parameters: object) -> Claim:
    """Claim `key` for this request; without a key every request is new. Raises KeyReusedError, KeyFormError."""
    digest = request_hash(key, operation, *parameters)
    if key is None:
        return Claim(conn, None)
    row = {"key": key, "operation": operation, "request_hash": digest}
    claimed = conn.execute(insert(request_keys).values(row).on_conflict_do_nothing().returning(request_keys.c.key))
    if claimed.first() is not None:
        note_key(conn, key)
        return Claim(conn, key)
    # Nothing is found where the key belongs to somebody else.
    found = conn.execute(select(request_keys).where(request_keys.c.key == key)).first()
    if found is None or bytes(found.request_hash) != digest or found.result is None:
        raise KeyReusedError(key=key)
    answer = int(found.result["id"])
    note_answer(conn, key, operation, answer)
    return Claim(conn, key, answer)
