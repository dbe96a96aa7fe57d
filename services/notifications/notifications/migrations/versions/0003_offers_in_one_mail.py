"""A mail carries all that a person is offered at one time; an invitation knows its mail.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"

CHANGES = """
ALTER TABLE invitations ADD COLUMN message_id uuid REFERENCES messages ON DELETE SET NULL;
UPDATE invitations AS invitation SET message_id = (
    SELECT id FROM messages WHERE invitation_id = invitation.id ORDER BY planned_at DESC LIMIT 1
);
CREATE INDEX invitations_by_message ON invitations (message_id);
ALTER TABLE messages DROP COLUMN invitation_id;
"""


def upgrade() -> None:
    op.execute(CHANGES)
