"""What the book says of an answer that may be kept: which book, what its snapshot saw, and until when it holds."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, text

# Whose day it is decides which rooms are free and how late somebody is: at the next midnight of a property it is over.
_FRESH = text("""
select left(md5((select system_identifier from pg_control_system()) || '/' || d.oid), 8)
         || case when row_security_active('tenants') and not sees_all() then '*' else '' end as book,
       pg_current_snapshot()::text as snapshot,
       (select floor(extract(epoch from min(
          (business_date(z.timezone) + 1)::timestamp at time zone z.timezone - clock_timestamp())))::int
          from (select distinct timezone from properties) z) as seconds
  from pg_database d where d.datname = current_database() and not pg_is_in_recovery()
""")


class Fresh(NamedTuple):
    """The book, the snapshot, and the seconds for which an answer holds at most; None where no day matters.

    The name of a book that the login sees in part ends with a star: its answers are nobody else's, nor the other way.
    """

    book: str
    snapshot: str
    seconds: int | None


def fresh_of(conn: Connection) -> Fresh | None:
    """What to know of an answer that was read in this transaction; None on a standby, which must not be kept."""
    row: Any = conn.execute(_FRESH).first()
    return Fresh(*row) if row is not None else None
