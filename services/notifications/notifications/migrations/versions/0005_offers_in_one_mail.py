"""A mail carries all that a person is offered at one time; an invitation knows its mail.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"

CHANGES = """
ALTER TABLE invitations ADD COLUMN message_id uuid REFERENCES messages ON DELETE SET NULL;
UPDATE invitations AS invitation SET message_id = (
    SELECT id FROM messages WHERE invitation_id = invitation.id ORDER BY planned_at DESC LIMIT 1
);
ALTER TABLE messages DROP COLUMN invitation_id;
"""


def upgrade() -> None:
    op.execute(CHANGES)
