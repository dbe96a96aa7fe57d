"""Passkeys, with which a person's device signs in instead of a mail link, and their challenges."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.frozen import Frozen

# The ceremony is a touch or a PIN; if interrupted, it is started again.
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
    """Random bytes for one ceremony; ``member_id`` is the person adding a passkey, None for a sign-in."""

    value: bytes
    expires_at: datetime
    member_id: UUID | None = None
