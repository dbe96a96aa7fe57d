"""The tokens of integrators' programs; only their hashes are stored."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from chassis.frozen import Frozen
from integrations.domain.integrator_log import Actor

PREFIX = "gwi_"


class ApiToken(Frozen):
    """A stored token; ``hint`` are its last characters, by which people recognize it."""

    id: UUID
    integrator_id: UUID
    label: str
    hint: str
    created_at: datetime
    revoked_at: datetime | None = None
    made_by: Actor | None = None


def new_token() -> str:
    """256 random bits: a plain hash is enough, as they cannot be guessed."""
    return f"{PREFIX}{secrets.token_urlsafe(32)}"


def hash_of(token: str) -> bytes:
    """The stored form of a token."""
    return hashlib.sha256(token.encode()).digest()
