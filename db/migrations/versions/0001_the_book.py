"""The book: properties, rooms, tenants, leases, the ledger, balances, events and imports.

Everything is new, so no lock waits for anybody. The statements stand in `../sql/0001`, one file per subject.
"""

from alembic import op

from db.migrations.files import run_files

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of this revision."""
    run_files(op.get_bind(), revision)
