"""What happens in the background: deliveries that end well or not, workers, schedules, audit, closings.

The statements stand in `../sql/0002`, one file per subject. New tables and columns only, so no lock is held for long.
"""

from alembic import op

from db.migrations.files import run_files

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of this revision."""
    run_files(op.get_bind(), revision)
