"""What operators and partners ask for."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from provisioning.handlers.claim_ports import IssueCertificate


@dataclass(frozen=True)
class ActOnGrant:
    """An operator, or a job, acts on a grant."""

    grant_id: UUID


class RetryGrant(ActOnGrant):
    """An operator wants the failed step of a grant tried again."""


class RepairGrant(ActOnGrant):
    """An operator wants a grant looked at now, and made as it should be."""


class ForceGrant(ActOnGrant):
    """An operator wants everything of a grant taken away, whatever holds it."""


@dataclass(frozen=True, kw_only=True)
class SkipStep:
    """An operator wants a step left as it stands outside, and the grant to go on."""

    grant_id: UUID
    step: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecideOnGrant:
    """An operator decides about a grant, and is named with the reason where that is told."""

    grant_id: UUID
    reason: str
    by: str


class WaiveGrant(DecideOnGrant):
    """An operator decides that the partner goes on without this grant."""


class ApproveGrant(DecideOnGrant):
    """An operator decides that a grant is made that waits for that."""


class RefuseGrant(DecideOnGrant):
    """An operator decides that the partner goes on without a grant that waits for that."""


class FreezeGrant(ActOnGrant):
    """An operator wants a grant switched off, whatever else goes on."""


class ReinstateGrant(ActOnGrant):
    """An operator lifts what an operator had switched off."""


@dataclass(frozen=True, kw_only=True)
class ExtendLease(DecideOnGrant):
    """An operator gives a grant more time."""

    days: int


@dataclass(frozen=True, kw_only=True)
class ExtendLeaseTo(DecideOnGrant):
    """A partner asked for time up to then, and the catalogue or an operator gives it."""

    ends_at: datetime


class EndLease(ActOnGrant):
    """An operator has the time of a grant end now."""


@dataclass(frozen=True, kw_only=True)
class RaiseBudget:
    """An operator lets a grant cost more this month."""

    grant_id: UUID
    usd: int


class FollowLease(ActOnGrant):
    """The time of a grant has come to something: a warning, its end, the end of the grace."""


@dataclass(frozen=True)
class PreviewPlan:
    """An operator wants to see what today's catalogue, or another tier, would change for a partner."""

    partner_id: UUID
    tier: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangePlan:
    """An operator wants done what a preview listed."""

    partner_id: UUID
    preview_id: str


@dataclass(frozen=True, kw_only=True)
class CollectCredentials:
    """A partner wants the key of a device; ``visit`` names one showing of its page.

    Without ``device_id`` here and below it is the grant's first one.
    """

    partner_id: UUID
    grant_id: UUID
    device_id: UUID | None = None
    visit: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeKey:
    """Something is to become of a device's key; without ``partner_id`` an operator wants it."""

    grant_id: UUID
    partner_id: UUID | None = None
    device_id: UUID | None = None


class RotateKey(ChangeKey):
    """Another key is wanted beside the one in use."""


class EndOlderKeys(ChangeKey):
    """The device uses its newest key; the older ones are to end."""


class RevokeKey(ChangeKey):
    """Somebody else may have the key: it is to end at once, and another one to be made."""


@dataclass(frozen=True, kw_only=True)
class AddDevice:
    """A device more is wanted; ``device_id`` tells a second click from a second device."""

    grant_id: UUID
    device_id: UUID
    name: str
    by: str
    partner_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RemoveDevice:
    """A device is to go, with its key."""

    grant_id: UUID
    device_id: UUID
    by: str
    partner_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class MakeClaim:
    """Devices are to join a grant by themselves; ``claim_id`` tells a second click from a second claim."""

    grant_id: UUID
    claim_id: UUID
    name_prefix: str
    places: int
    valid_hours: int
    by: str
    partner_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RevokeClaim:
    """No more devices are to join by a claim."""

    grant_id: UUID
    claim_id: UUID
    partner_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RedeemClaim:
    """A device wants to join by the secret of a claim, and has proved that it has the key's other half.

    ``issue`` makes its certificate, and calls nothing outside.
    """

    serial: str
    public_key_pem: str
    issue: IssueCertificate
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class FindWaysIn:
    """A partner asks how its people come into a product."""

    grant_id: UUID
    partner_id: UUID


@dataclass(frozen=True, kw_only=True)
class RegisterPerson:
    """A partner asks for the address at which one of its people registers."""

    grant_id: UUID
    partner_id: UUID
    member_id: UUID


class ReleaseCredentials(ActOnGrant):
    """An operator lets the partner collect a key once more."""


@dataclass(frozen=True, kw_only=True)
class RunSweep:
    """An operator, or the schedule, wants everything outside listed."""

    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class SettleFinding:
    """An operator says what becomes of a thing outside."""

    finding_id: UUID
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AdoptFinding(SettleFinding):
    """An operator says for which grant a thing stands outside: it is left as long as that lives."""

    grant_id: UUID


class IgnoreFinding(SettleFinding):
    """An operator has a thing outside left, and not reported again."""


@dataclass(frozen=True, kw_only=True)
class RemoveFinding(SettleFinding):
    """An operator wants a thing outside taken away."""

    although_owner_unknown: bool = False


@dataclass(frozen=True)
class ReopenFinding:
    """An operator wants what was adopted or ignored reported again."""

    finding_id: UUID


@dataclass(frozen=True, kw_only=True)
class RegisterAccount:
    """An operator has an account of the organization come into the pool."""

    account_id: str
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ActOnAccount:
    """An operator acts on an account that no grant has."""

    account_key: UUID
    by: str
    reason: str


class QuarantineAccount(ActOnAccount):
    """It is to stand apart, with everything in it denied."""


class ReleaseAccount(ActOnAccount):
    """It is to come back from quarantine, or what is stuck is to be tried again."""


class EjectAccount(ActOnAccount):
    """It is to leave our units as it is; nobody here answers for it any more."""


class CloseAccount(ActOnAccount):
    """It is to be closed, as soon as AWS's limit allows."""


@dataclass(frozen=True, kw_only=True)
class BeginMaintenance:
    """An operator wants nothing new begun."""

    by: str
    reason: str


@dataclass(frozen=True)
class EndMaintenance:
    """An operator has everything go on."""
