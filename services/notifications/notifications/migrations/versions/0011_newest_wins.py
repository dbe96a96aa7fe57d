"""Which event last told a profile and a language, and since when the contact speaks for the partner."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # The defaults stay: processes of before add rows without them.
    op.execute("""
        ALTER TABLE partners ADD COLUMN profile_sequence integer NOT NULL DEFAULT 0,
            ADD COLUMN contact_since timestamptz;
        ALTER TABLE members ADD COLUMN language_sequence integer NOT NULL DEFAULT 0;
    """)
