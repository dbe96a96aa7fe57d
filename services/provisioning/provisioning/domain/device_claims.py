"""Claims: with the secret of one, devices add themselves to a grant, up to a number, for a limited time."""

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
# The number of open claims per grant.
MOST_OPEN = 20


class ClaimState(StrEnum):
    """What happens to the next device that presents the secret."""

    OPEN = "open"
    PAUSED = "paused"
    USED_UP = "used_up"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"


@dataclass(kw_only=True)
class DeviceClaim:
    """One claim for a grant; ``used`` counts the devices that joined with it, also those removed since.

    ``name_prefix`` begins the names of its devices. Only the hash of the secret is stored.
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
        """Derived: paused while the grant is switched off, ended with it."""
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
    """A device that joined with a claim: its serial number, and the hash of its public key."""

    claim_id: UUID
    serial: str
    public_key_hash: bytes
    device_id: UUID


def new_secret(claim_id: UUID) -> str:
    """256 random bits after the claim's id: a plain hash is enough, as they cannot be guessed."""
    return f"{_PREFIX}_{claim_id.hex}_{secrets.token_urlsafe(32)}"


def claim_named_by(secret: str) -> UUID | None:
    """The claim that a secret names; None if it is not a secret of ours."""
    prefix, _, rest = secret.partition("_")
    digits = rest.partition("_")[0]
    try:
        return UUID(digits) if prefix == _PREFIX and len(digits) == 32 else None
    except ValueError:
        return None


def hash_of(secret: str) -> bytes:
    """The stored form of a secret."""
    return hashlib.sha256(secret.encode()).digest()
