"""Claims: whoever has one's secret adds devices to a grant by themselves, as many as it says, for a while."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen
from provisioning.domain.grants import Grant

_PREFIX = "gwc"
LONGEST_SECRET = 200
# How many of one grant may be open at a time.
MOST_OPEN = 20


class ClaimState(StrEnum):
    """What becomes of the next device that shows the secret."""

    OPEN = "open"
    PAUSED = "paused"
    USED_UP = "used_up"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"


@dataclass(kw_only=True)
class DeviceClaim:
    """One claim for a grant; ``used`` counts the devices that came by it, also those that are gone.

    ``name_prefix`` begins what its devices are called. Of the secret only the hash is kept.
    """

    claim_id: UUID
    grant_id: UUID
    name_prefix: str
    places: int
    secret_hash: bytes = field(repr=False)
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None = None
    used: int = 0

    def state(self, grant: Grant, now: datetime) -> ClaimState:
        """It is paused while the grant is switched off, and ends with it: nothing has to be done for that."""
        if self.revoked_at is not None:
            return ClaimState.REVOKED
        if not grant.is_wanted:
            return ClaimState.ENDED
        if now >= self.expires_at:
            return ClaimState.EXPIRED
        if self.used >= self.places:
            return ClaimState.USED_UP
        return ClaimState.OPEN if grant.is_usable else ClaimState.PAUSED

    def is_opened_by(self, secret: str) -> bool:
        return hmac.compare_digest(self.secret_hash, hash_of(secret))


class Redemption(Frozen):
    """A device that came by a claim: which one it says it is, and the hash of its public key."""

    claim_id: UUID
    serial: str
    public_key_hash: bytes
    device_id: UUID


def new_secret(claim_id: UUID) -> str:
    """256 random bits behind the claim's id: a plain hash protects them, as nobody can try them all."""
    return f"{_PREFIX}_{claim_id.hex}_{secrets.token_urlsafe(32)}"


def claim_named_by(secret: str) -> UUID | None:
    """Which claim the secret says that it is of; None for what is no secret of ours."""
    prefix, _, rest = secret.partition("_")
    digits = rest.partition("_")[0]
    try:
        return UUID(digits) if prefix == _PREFIX and len(digits) == 32 else None
    except ValueError:
        return None


def hash_of(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()
