"""The book: properties, rooms, tenants, leases, the ledger, balances, events and imports.

Everything is new, so no lock waits for anybody. The statements stand in `../sql/0001`, one file per subject.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql" / "0001"


def upgrade() -> None:
    """Run the files in the order of their names, as they are: their colons and percent signs are no parameters."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for file in sorted(SQL.glob("*.sql")):
        connection.exec_driver_sql(file.read_text(encoding="utf-8"))
