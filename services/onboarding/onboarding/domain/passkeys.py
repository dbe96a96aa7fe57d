"""Passkeys: what a person's device proves instead of a mail link, and the challenges that it answers."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.frozen import Frozen

# The ceremony is a touch or a PIN; who was interrupted begins again.
CHALLENGE_LIFETIME = timedelta(minutes=5)
# An unattended browser must not be enough to add a key.
FRESH_SIGN_IN = timedelta(minutes=30)
MOST_PASSKEYS = 10


class Passkey(Frozen):
    """The public half of a credential; ``name`` is what its owner calls the device."""

    id: UUID
    partner_id: UUID
    member_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    name: str
    added_at: datetime
    used_at: datetime | None = None


class Challenge(Frozen):
    """Random bytes that one ceremony signs; ``member_id`` is who adds a passkey, none for a sign-in."""

    value: bytes
    expires_at: datetime
    member_id: UUID | None = None
