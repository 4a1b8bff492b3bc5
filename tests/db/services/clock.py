"""A clock that tests can set: what the business date is at every property."""

from datetime import date

from sqlalchemy import Connection, text


def travel(conn: Connection, day: date) -> None:
    """From now on, in this transaction, today is `day`."""
    conn.execute(
        text(f"""create or replace function business_date(timezone text) returns date
                 language sql stable parallel safe return date '{day}'""")
    )
