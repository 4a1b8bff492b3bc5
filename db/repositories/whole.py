"""Whether a login sees the whole book: sums over some of its rows would be wrong, and nobody would notice."""

from sqlalchemy import Connection

from db.engine import NotAllowedError
from db.errors import N_


class WholeBookError(NotAllowedError):
    """What concerns the whole book can't be told from some of its rows."""

    code = "whole_book"
    message = N_("This needs all rows of the book, and your login does not see them.")
    hint = N_("Use the login of the book's owner, or one with the role backup: `ekost user list`.")


def require_whole(conn: Connection) -> None:
    """Refuse a login that sees some of the properties. Raises WholeBookError."""
    if not conn.exec_driver_sql("select sees_all() or not row_security_active('payments')").scalar_one():
        raise WholeBookError


def require_unfiltered(conn: Connection) -> None:
    """Refuse a login whose rows a policy chooses, even if it chooses all: pg_dump does. Raises WholeBookError."""
    if conn.exec_driver_sql("select row_security_active('payments')").scalar_one():
        raise WholeBookError
