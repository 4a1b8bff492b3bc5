"""Turn a constraint that refuses a row into the error that a person understands."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from db.engine import constraint_name
from db.errors import N_, EkostError, RuleError


class ChangedMeanwhileError(RuleError):
    """Somebody else changed the row since it was read."""

    code = "changed_meanwhile"
    message = N_("{what} was changed by somebody else meanwhile.")
    hint = N_("Look at it again, then repeat your change.")


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
