"""Who has what of a grant, whom it was told, and which showing of its page collected a key.

People of older plans are members already, and hear nothing anew.
"""

import sqlalchemy as sa
from alembic import op

from provisioning.domain.orders import person_id_of

revision = "0005"
down_revision = "0004"

CHANGES = """
ALTER TABLE grants ADD COLUMN collected_by_visit uuid;
ALTER TABLE partners ADD COLUMN members_told uuid[] NOT NULL DEFAULT '{}';
UPDATE partners SET members_told = ARRAY(
    SELECT (member ->> 'member_id')::uuid FROM jsonb_array_elements(profile -> 'members') AS member
) WHERE profile IS NOT NULL;

CREATE TABLE seats (
    grant_id   uuid NOT NULL REFERENCES grants,
    member_id  uuid NOT NULL,
    person_id  uuid NOT NULL,
    is_made    boolean NOT NULL,
    is_on      boolean NOT NULL,
    PRIMARY KEY (grant_id, member_id)
);
CREATE INDEX seats_by_person ON seats (person_id);
"""

SEATS = sa.text("""
SELECT grant_id, (member ->> 'member_id')::uuid AS member_id, member ->> 'email' AS email,
       step.progress = 'done' AS is_made, NOT step.is_frozen AS is_on
FROM grant_steps AS step JOIN grants USING (grant_id) JOIN partners USING (partner_id),
     jsonb_array_elements(profile -> 'members') AS member
WHERE step.name IN ('crm_users', 'sandbox_sign_in', 'analytics_seats') AND step.progress IN ('begun', 'done')
""")

ADD_SEAT = sa.text("INSERT INTO seats VALUES (:grant_id, :member_id, :person_id, :is_made, :is_on)")


def upgrade() -> None:
    """The person's id is made of the address by the code, so the rows of older grants are, too."""
    op.execute(CHANGES)
    connection = op.get_bind()
    rows = [
        {
            "grant_id": row.grant_id,
            "member_id": row.member_id,
            "person_id": person_id_of(row.email),
            "is_made": row.is_made,
            "is_on": row.is_on,
        }
        for row in connection.execute(SEATS)
    ]
    if rows:
        connection.execute(ADD_SEAT, rows)
