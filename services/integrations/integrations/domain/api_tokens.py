"""The tokens that an integrator's programs show; only their hashes are kept."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from chassis.frozen import Frozen
from integrations.domain.integrator_log import Actor

PREFIX = "gwi_"


class ApiToken(Frozen):
    """What is known of a token; ``hint`` are its last characters, by which people tell theirs apart."""

    id: UUID
    integrator_id: UUID
    label: str
    hint: str
    created_at: datetime
    revoked_at: datetime | None = None
    made_by: Actor | None = None


def new_token() -> str:
    """256 random bits: a plain hash protects them, as nobody can try them all."""
    return f"{PREFIX}{secrets.token_urlsafe(32)}"


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()
