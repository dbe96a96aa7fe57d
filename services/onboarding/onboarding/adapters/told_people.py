"""What was told of somebody stays in the outbox, to be told again; without them once they are forgotten."""

from uuid import UUID

from sqlalchemy import Connection

from onboarding.domain.events import DraftEvent, LifecycleEvent

# The rows stay, so that numbers have no hole; the address belongs to nobody (RFC 2606).
_FORGET = """
UPDATE outbox SET data = convert_to(jsonb_set(
    convert_from(data, 'UTF8')::jsonb, '{member}', (convert_from(data, 'UTF8')::jsonb -> 'member')
    || (SELECT jsonb_object_agg(key, value) FROM jsonb_each(
        '{"given_name": "-", "family_name": "-", "email": "forgotten@gangway.example"}')
        WHERE convert_from(data, 'UTF8')::jsonb -> 'member' ? key))::text, 'UTF8')
WHERE subject = %s AND topic = ANY(%s) AND record_headers IS NULL
    AND convert_from(data, 'UTF8')::jsonb #>> '{member,member_id}' = %s
"""


def forget_told(connection: Connection, partner_id: UUID, member_id: UUID) -> None:
    """Take name and address out of all that was told of the person."""
    topics = [LifecycleEvent.topic, DraftEvent.topic]
    connection.exec_driver_sql(_FORGET, (str(partner_id), topics, str(member_id)))
