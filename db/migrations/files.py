"""A revision whose statements stand in files, one per subject, under `sql/<revision>`."""

from pathlib import Path

from sqlalchemy import Connection

_SQL = Path(__file__).parent / "sql"


def run_files(connection: Connection, revision: str) -> None:
    """Run the files in the order of their names, as they are: their colons and percent signs are no parameters."""
    plain = connection.execution_options(no_parameters=True)
    for file in sorted((_SQL / revision).glob("*.sql")):
        plain.exec_driver_sql(file.read_text(encoding="utf-8"))
