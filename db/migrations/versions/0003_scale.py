"""Books that grow: partitions that can be seen, and years that are folded.

The statements stand in `../sql/0003`, one file per subject. New views and functions only, so no lock is held.
"""

from alembic import op

from db.migrations.files import run_files

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of this revision."""
    run_files(op.get_bind(), revision)
