"""What a landlord does in a month: policies, meters, expenses, receipts, reminders, bank statements, raises.

The statements stand in `../sql/0006`, one file per subject.
"""

from alembic import op

from db.migrations.files import run_files

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of this revision."""
    run_files(op.get_bind(), revision)
