"""Questions about logins: who may do what, and with which properties."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.errors import N_, NotFoundError

# From the most to the least: what each may is written down in the database itself.
GRADES = ("landlord", "staff", "readonly", "worker", "backup", "metrics")


class LoginNotFoundError(NotFoundError):
    """Nobody has this login."""

    code = "login_not_found"
    message = N_("There is no login {name}.")
    hint = N_("`ekost user list` shows them.")


class LoginRow(NamedTuple):
    """A login role: its `role` in the house, the codes of its properties (none: all), and who gave it."""

    name: str
    role: str
    properties: str
    active: bool
    actor: str
    created_at: datetime


_ALL = """
select l.role_name, l.grade,
       coalesce((select string_agg(p.code, ' ' order by p.code) from properties p
                  where p.id = any (l.property_ids)), ''),
       coalesce(r.rolcanlogin, false), l.actor, l.created_at
  from logins l left join pg_roles r on r.rolname = l.role_name
"""


class Logins:
    """Logins, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def all(self) -> list[LoginRow]:
        """All of them, by name; who is not the owner and does not see all properties finds her own alone."""
        return [LoginRow._make(row) for row in self._conn.execute(text(f"{_ALL} order by 1"))]

    def row(self, name: str) -> LoginRow:
        """One of them. Raises LoginNotFoundError."""
        row = self._conn.execute(text(f"{_ALL} where l.role_name = :name"), {"name": name}).first()
        if row is None:
            raise LoginNotFoundError(name=name)
        return LoginRow._make(row)
