"""Turn a constraint that refuses a row into the error that a person understands."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from db.engine import constraint_name
from db.errors import N_, EkostError, RuleError
from db.repositories.lookup import PropertyNotFoundError, PropertyRow


class ChangedMeanwhileError(RuleError):
    """Somebody else changed the row since it was read."""

    code = "changed_meanwhile"
    message = N_("{what} was changed by somebody else meanwhile.")
    hint = N_("Look at it again, then repeat your change.")


def hold_property(conn: Connection, prop: PropertyRow) -> None:
    """Keep a property from being archived until the end of the transaction. Raises PropertyNotFoundError."""
    if not conn.execute(text("select hold_property(:id)"), {"id": prop.id}).scalar_one():
        raise PropertyNotFoundError(ref=prop.code)


def check_seen(
    what: str, before: Mapping[str, object], after: Mapping[str, object], seen: Mapping[str, object]
) -> None:
    """Refuse a change that was decided on something else than what is there; call it with the row locked.

    `seen`: of each changed field the value that somebody saw, or the `version` of the whole. What others have changed
    beside these fields is no conflict, and neither is the same change. Raises ChangedMeanwhileError.
    """
    for name in (*after, "version"):
        if name in seen and before[name] != seen[name] and (name == "version" or before[name] != after[name]):
            raise ChangedMeanwhileError(what=what)


@contextmanager
def refusing(conn: Connection, errors: Mapping[str, EkostError]) -> Iterator[None]:
    """Run a statement in a savepoint; a violated constraint named in `errors` raises its error."""
    try:
        with conn.begin_nested():
            yield
    except DBAPIError as error:
        told = errors.get(constraint_name(error))
        if told is None:
            raise
        raise told from None
