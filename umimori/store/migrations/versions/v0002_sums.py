"""Sums over all rows of a kind, which log entries state, so that any edited row shows."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the sums, their statement in log entries, and the content's hash in the outbox."""
    op.create_table(
        "record_sum",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("last_row", sa.Integer),
        sa.Column("sum", sa.LargeBinary, nullable=False),
        sa.Column("stated", sa.Boolean, nullable=False),
    )
    op.add_column("evidence", sa.Column("stored", sa.Text, nullable=False, server_default="[]"))
    op.add_column("outbox", sa.Column("sha256", sa.String, nullable=False, server_default=""))
