"""What strangers do is counted; mails to mailboxes that nobody has confirmed take turns."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TIME = sa.DateTime(timezone=True)


# One call, as each statement costs every sign-up. Rows are locked in the order of their keys, so that two
# requests cannot wait for each other; a limit that refuses leaves the others as they were. A count that a
# crash of the server takes back harms nobody, so nobody waits for the disk.
COUNT_ACT = """
CREATE FUNCTION count_act(keys bytea[], seconds int[], most int[])
RETURNS TABLE (counted bytea, wait float) LANGUAGE plpgsql AS $$
DECLARE
    is_refused boolean := false;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    FOR counted, wait IN
        INSERT INTO counted_acts AS acts (key, count, most, ends_at)
        SELECT given.key, 1, given.most, statement_timestamp() + given.seconds * interval '1 second'
        FROM unnest(keys, seconds, most) AS given (key, seconds, most) ORDER BY given.key
        ON CONFLICT (key) DO UPDATE SET most = EXCLUDED.most,
            count = CASE WHEN acts.ends_at <= statement_timestamp() THEN 1 ELSE acts.count + 1 END,
            ends_at = CASE WHEN acts.ends_at <= statement_timestamp() THEN EXCLUDED.ends_at
                      ELSE acts.ends_at END
        RETURNING key, CASE WHEN count > acts.most
                       THEN extract(epoch FROM ends_at - statement_timestamp())::float END
    LOOP
        CONTINUE WHEN wait IS NULL;
        is_refused := true;
        RETURN NEXT;
    END LOOP;
    IF is_refused THEN
        UPDATE counted_acts SET count = count - 1 WHERE key = ANY(keys);
    END IF;
END $$
"""


def upgrade() -> None:
    """Three tables; wishes for a link are no longer counted by themselves."""
    op.create_table(
        "counted_acts",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
    )
    op.create_index("counted_acts_by_end", "counted_acts", ["ends_at"])
    op.execute(COUNT_ACT)
    op.create_table(
        "mail_turns",
        sa.Column("mailbox", sa.LargeBinary, primary_key=True),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
    )
    op.create_index("mail_turns_by_age", "mail_turns", ["next_at"])
    op.create_table(
        "waiting_mails",
        sa.Column("partner_id", sa.Uuid, sa.ForeignKey("partners.id"), primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("mailbox", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
    )
    op.create_index("waiting_mails_by_due_time", "waiting_mails", ["due_at", "partner_id", "member_id"])
    op.create_index("waiting_mails_by_mailbox", "waiting_mails", ["mailbox"])
    # Processes of before still write it; a later revision may drop the column.
    op.alter_column("link_requests", "email_sha256", nullable=True)
