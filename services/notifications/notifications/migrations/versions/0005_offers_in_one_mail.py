"""A mail carries all that a person is offered at one time; an invitation knows its mail."""

from alembic import op

revision = "0005"
down_revision = "0004"

# messages.invitation_id stays, unused: processes of the version before still write it while this runs.
CHANGES = """
ALTER TABLE invitations ADD COLUMN message_id uuid REFERENCES messages ON DELETE SET NULL;
UPDATE invitations SET message_id = newest.id FROM (
    SELECT DISTINCT ON (invitation_id) invitation_id, id FROM messages
    WHERE invitation_id IS NOT NULL ORDER BY invitation_id, planned_at DESC
) AS newest WHERE newest.invitation_id = invitations.id;
"""


def upgrade() -> None:
    op.execute(CHANGES)
