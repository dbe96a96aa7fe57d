"""A dead letter's content, disclosed for a stated reason: it may hold personal data."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from chassis.database.operators_log import note_action
from chassis.messaging.dead_letters.listing import get_dead_letter, record_of


def disclose(connection: Connection, letter_id: UUID, actor: str, reason: str) -> dict[str, Any]:
    """Key, value and headers beside what is known of it. Raises NoSuchDeadLetter."""
    letter, record = get_dead_letter(connection, letter_id), record_of(connection, letter_id)
    note_action(connection, actor=actor, action="see dead letter", target=str(letter_id), reason=reason)
    headers = [[name, _shown(value)] for name, value in record.headers]
    return letter._asdict() | {
        "key": _shown(record.key),
        "value": _shown(record.value),
        "headers": headers,
    }


def _shown(value: bytes | None) -> str | None:
    """Bytes as text where they are UTF-8, else as hexadecimal digits."""
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"0x{value.hex()}"
