"""A mail carries all that a person is offered at one time; an invitation knows its mail.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"

CHANGES = """
ALTER TABLE invitations ADD COLUMN message_id uuid REFERENCES messages ON DELETE SET NULL;
UPDATE invitations AS invitation SET message_id = (
    SELECT id FROM messages WHERE invitation_id = invitation.id ORDER BY planned_at DESC LIMIT 1
);
ALTER TABLE messages DROP COLUMN invitation_id;
"""


def upgrade() -> None:
    op.execute(CHANGES)
