"""What an older book has differently, put in order.

The statements stand in `../sql/0004`, one file per subject.
"""

from alembic import op

from db.migrations.files import run_files

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of this revision."""
    run_files(op.get_bind(), revision)
