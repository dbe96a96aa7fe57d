"""Partners agree themselves to what an integrator may see."""

from alembic import op

revision = "0009"
down_revision = "0008"

# A consent outlives its integrator, as the proof of what was agreed to, and its partner by the time for which
# events are kept.
CHANGES = """
ALTER TABLE partners
    ADD COLUMN IF NOT EXISTS state         text,
    ADD COLUMN IF NOT EXISTS contact_since timestamptz;

ALTER TABLE integrators
    ADD COLUMN IF NOT EXISTS purpose_version integer NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS purpose_de      text,
    ADD COLUMN IF NOT EXISTS purpose_en      text;

CREATE TABLE IF NOT EXISTS consents (
    id              uuid PRIMARY KEY,
    integrator_id   uuid NOT NULL,
    integrator_name text NOT NULL,
    partner_id      uuid NOT NULL,
    event_types     text[] NOT NULL,
    sees_personal   boolean NOT NULL,
    purpose_version integer NOT NULL,
    purpose_de      text NOT NULL,
    purpose_en      text NOT NULL,
    given_at        timestamptz NOT NULL,
    given_by        text NOT NULL,
    withdrawn_at    timestamptz,
    withdrawn_by    text
);
CREATE INDEX IF NOT EXISTS consents_in_force ON consents (integrator_id, partner_id)
    WHERE withdrawn_at IS NULL;
CREATE INDEX IF NOT EXISTS consents_by_partner ON consents (partner_id, id);
CREATE INDEX IF NOT EXISTS consents_by_integrator ON consents (integrator_id, id);
CREATE INDEX IF NOT EXISTS consents_by_end ON consents (integrator_id, withdrawn_at)
    WHERE withdrawn_at IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(CHANGES)
