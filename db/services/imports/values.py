"""What the cells of a column mean, worked out once for each different text.

The rules are Python's, the rows stay in the database: a million rows hold few different dates, methods and
amounts. Texts that any reader would take as they stand are not even asked for.
"""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from db.errors import EkostError
from db.events import plain
from db.services.imports.cells import Reader

BATCH = 10_000

# Positive, without leading zeros, at most two decimals, small enough for NUMERIC(14,2): the machine format itself.
_PLAIN_AMOUNT = r"^[1-9][0-9]{0,11}(\.[0-9]{1,2})?$"
# The same without decimals, which every notation reads alike.
_PLAIN_WHOLE = r"^[1-9][0-9]{0,11}$"


# ASCII that needs neither cleaning nor unguarding.
_PLAIN_WORDS = "^[!-&(-~][ -~]*$"


def plain_amount(cell: str, notation: str) -> str:
    """SQL: whether a cell holds a positive amount that can be cast as it stands."""
    return f"{cell} ~ '{_PLAIN_WHOLE if notation == 'id' else _PLAIN_AMOUNT}'"


def plain_words(cell: str, most: int) -> str:
    """SQL: whether a cell holds ordinary ASCII text of at most `most` characters."""
    return f"({cell} ~ '{_PLAIN_WORDS}' and length({cell}) <= {most})"


Row = tuple[str, str, str | None, str | None, str | None]


def create_values(conn: Connection, table: str) -> None:
    """Make the table of meanings."""
    conn.exec_driver_sql(f"create table {table} (field text, ref text, value text, code text, fields jsonb)")


def learn(conn: Connection, table: str, field: str, texts: str, reader: Reader) -> None:
    """Read every different text that the query `texts` finds, and keep in the table what it means."""
    # A table first: unlike a cursor, its query may use several processors.
    conn.exec_driver_sql(f"create temporary table import_texts on commit drop as {texts}")
    cursor: Any = conn.connection.cursor("import_texts")
    with cursor:
        cursor.execute("select * from import_texts")
        while rows := cursor.fetchmany(BATCH):
            _keep(conn, table, [_meaning(field, row[0], reader) for row in rows])
    conn.exec_driver_sql("drop table import_texts")


def _meaning(field: str, ref: str, reader: Callable[[str], str | None]) -> Row:
    try:
        return field, ref, reader(ref), None, None
    except EkostError as error:
        told = {key: plain(value) for key, value in error.fields.items()}
        return field, ref, None, error.code, json.dumps(told, ensure_ascii=False, default=str)


def _keep(conn: Connection, table: str, rows: list[Row]) -> None:
    cursor: Any = conn.connection.cursor()
    with cursor, cursor.copy(f"copy {table} (field, ref, value, code, fields) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
