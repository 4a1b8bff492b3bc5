"""Give a person a login of her own, and take it back. The rights themselves are the database's."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError

from db.engine import sqlstate
from db.errors import N_, RuleError, UsageError
from db.events import Event, append
from db.repositories.logins import Logins
from db.repositories.lookup import PropertyRow

# Lower case, so that nobody has to quote it; what begins otherwise may be a server's own.
_FORM = re.compile(r"(?!pg_|ekost)[a-z][a-z0-9_]{0,40}")

_ADD = text("select add_login(:name, :grade, :property_ids, :password)").bindparams(
    bindparam("property_ids", type_=ARRAY(BigInteger))
)


class LoginNameError(UsageError):
    """Not the name of a login."""

    code = "login_name"
    message = N_("{name} is no name for a login.")
    hint = N_("Use small letters, digits and _, beginning with a letter; not with pg_ or ekost.")


class LoginTakenError(RuleError):
    """There is such a role on the server, of this book or of another one."""

    code = "login_taken"
    message = N_("The server has a role {name} already.")
    hint = N_("Choose another name; `ekost user list` shows those of this book.")


class LoginsNotAllowedError(RuleError):
    """The owner of the book may make no roles on this server."""

    code = "logins_not_allowed"
    message = N_("The role of this connection may not give or take back logins.")
    hint = N_("As the book's owner: an administrator runs `alter role OWNER createrole` once. Others ask the owner.")


class BackupRoleError(RuleError):
    """Only who sees all rows can save them, and only an administrator can give that right."""

    code = "backup_role"
    message = N_("The group ekost_backup does not see all rows, so its backups would lack some.")
    hint = N_("An administrator of the server runs: alter role ekost_backup bypassrls")


def add_login(conn: Connection, name: str, role: str, properties: Iterable[PropertyRow], password: str) -> None:
    """Make a login role with these properties, or with all; only a hash of the password is sent.

    Raises LoginNameError, LoginTakenError, LoginsNotAllowedError, BackupRoleError.
    """
    if not _FORM.fullmatch(name):
        raise LoginNameError(name=name[:60])
    seen = list(properties)
    with _refused(name), conn.begin_nested():
        values = {"name": name, "grade": role, "property_ids": [prop.id for prop in seen] or None}
        conn.execute(_ADD, values | {"password": _hashed(conn, name, password)})
    _tell(conn, "LoginAdded", name, {"role": role, "properties": [prop.code for prop in seen]})


def revoke_login(conn: Connection, name: str) -> None:
    """Take a login back: its rights end at once. What was done in its name stays so.

    Raises LoginNotFoundError, LoginsNotAllowedError.
    """
    known = Logins(conn).row(name)
    with _refused(name), conn.begin_nested():
        conn.execute(text("select revoke_login(:name)"), {"name": name})
    _tell(conn, "LoginRevoked", name, {"role": known.role})


def _tell(conn: Connection, type_: str, name: str, payload: dict[str, object]) -> None:
    number = conn.execute(text("select hashtext(:name)"), {"name": name}).scalar_one()
    append(conn, Event(type_, "login", int(number), {"name": name, **payload}))


def _hashed(conn: Connection, name: str, password: str) -> str:
    """As the server keeps it, so that no log of a statement holds the password."""
    pgconn = conn.connection.driver_connection.pgconn  # type: ignore[union-attr]
    return str(pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode())


@contextmanager
def _refused(name: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        match sqlstate(error):
            case "42710":
                raise LoginTakenError(name=name) from None
            case "42501":
                raise LoginsNotAllowedError from None
            case "EK003":
                raise BackupRoleError from None
        raise
