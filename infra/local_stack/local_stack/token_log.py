"""Tokens issued with the local stack's key: no service sees that, so the log is kept beside the key."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from uuid_utils.compat import uuid7

from chassis.operating.command_options import system_user
from operator_client.operator import Facts

_FILE = "tokens.jsonl"
SHOWN_AS = "local stack"


def note_token(
    home: Path, token_id: str, *, action: str, target: str, outcome: str, reason: str | None
) -> None:
    """Append an entry about a token; call it before showing the token."""
    entry = {
        "id": str(uuid7()),
        "token_id": token_id,
        "at": datetime.now(UTC).isoformat(),
        "actor": system_user(),
        "role": "system user",
        "action": action,
        "target": target,
        "reason": reason,
        "outcome": outcome,
    }
    flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND
    with open(os.open(home / _FILE, flags, 0o600), "a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


def tokens_in(home: Path, **wanted: str | None) -> Iterator[Facts]:
    """The matching entries, newest first."""
    file = home / _FILE
    entries = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []
    since, until = (_moment(wanted.pop(name, None)) for name in ("from", "to"))
    for entry in reversed(entries):
        at = datetime.fromisoformat(entry["at"])
        is_wanted = all(value is None or entry[name] == value for name, value in wanted.items())
        if is_wanted and (since is None or at >= since) and (until is None or at < until):
            yield {"service": SHOWN_AS, **entry}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
