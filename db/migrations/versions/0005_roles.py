"""Who may do what: roles, and the functions by which money is written.

The statements stand in `../sql/0005`, one file per subject.
"""

from alembic import op

from db.migrations.files import run_files

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements of this revision."""
    run_files(op.get_bind(), revision)
