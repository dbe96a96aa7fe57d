"""A dead letter's content, disclosed for a stated reason: it may hold personal data."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from chassis.database.operators_log import note_action
from chassis.messaging.dead_letters.listing import get_dead_letter, record_of
from chassis.operating.showing import bytes_shown


def disclose(connection: Connection, letter_id: UUID, actor: str, reason: str) -> dict[str, Any]:
    """Key, value and headers beside what is known of it. Raises NoSuchDeadLetter."""
    letter, record = get_dead_letter(connection, letter_id), record_of(connection, letter_id)
    note_action(connection, actor=actor, action="see dead letter", target=str(letter_id), reason=reason)
    headers = [[name, bytes_shown(value)] for name, value in record.headers]
    return letter._asdict() | {
        "key": bytes_shown(record.key),
        "value": bytes_shown(record.value),
        "headers": headers,
    }
