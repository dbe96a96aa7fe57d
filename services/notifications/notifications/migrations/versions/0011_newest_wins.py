"""Which event last told a partner's profile and a person's language; from when on the contact speaks for it."""

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
