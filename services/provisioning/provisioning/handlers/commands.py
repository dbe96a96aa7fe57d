"""What operators and partners ask for."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.frozen import Command
from provisioning.handlers.claim_ports import IssueCertificate


class ActOnGrant(Command, kw_only=False):
    """An operator, or a job, acts on a grant."""

    grant_id: UUID


class RetryGrant(ActOnGrant):
    """An operator wants the failed step of a grant tried again."""


class RepairGrant(ActOnGrant):
    """An operator wants a grant looked at now, and made as it should be."""


class ForceGrant(ActOnGrant):
    """An operator wants everything of a grant taken away, whatever holds it."""


class SkipStep(Command):
    """An operator wants a step left as it stands outside, and the grant to go on."""

    grant_id: UUID
    step: str
    reason: str


class DecideOnGrant(Command):
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


class ExtendLease(DecideOnGrant):
    """An operator gives a grant more time."""

    days: int


class ExtendLeaseTo(DecideOnGrant):
    """A partner asked for time up to then, and the catalogue or an operator gives it."""

    ends_at: datetime


class EndLease(ActOnGrant):
    """An operator has the time of a grant end now."""


class RaiseBudget(Command):
    """An operator lets a grant cost more this month."""

    grant_id: UUID
    usd: int


class FollowLease(ActOnGrant):
    """The time of a grant has come to something: a warning, its end, the end of the grace."""


class PreviewPlan(Command, kw_only=False):
    """An operator wants to see what today's catalogue, or another tier, would change for a partner."""

    partner_id: UUID
    tier: str | None = None


class ChangePlan(Command):
    """An operator wants done what a preview listed."""

    partner_id: UUID
    preview_id: str


class CollectCredentials(Command):
    """A partner wants the key of a device; ``visit`` names one showing of its page.

    Without ``device_id`` here and below it is the grant's first one.
    """

    partner_id: UUID
    grant_id: UUID
    device_id: UUID | None = None
    visit: UUID | None = None


class ChangeKey(Command):
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


class AddDevice(Command):
    """A device more is wanted; ``device_id`` tells a second click from a second device."""

    grant_id: UUID
    device_id: UUID
    name: str
    by: str
    partner_id: UUID | None = None


class RemoveDevice(Command):
    """A device is to go, with its key."""

    grant_id: UUID
    device_id: UUID
    by: str
    partner_id: UUID | None = None


class MakeClaim(Command):
    """Devices are to join a grant by themselves; ``claim_id`` tells a second click from a second claim."""

    grant_id: UUID
    claim_id: UUID
    name_prefix: str
    places: int
    valid_hours: int
    by: str
    partner_id: UUID | None = None


class RevokeClaim(Command):
    """No more devices are to join by a claim."""

    grant_id: UUID
    claim_id: UUID
    partner_id: UUID | None = None


class RedeemClaim(Command):
    """A device wants to join by the secret of a claim, and has proved that it has the key's other half.

    ``issue`` makes its certificate, and calls nothing outside.
    """

    serial: str
    public_key_pem: str
    issue: IssueCertificate
    secret: str = field(repr=False)


class FindWaysIn(Command):
    """A partner asks how its people come into a product."""

    grant_id: UUID
    partner_id: UUID


class RegisterPerson(Command):
    """A partner asks for the address at which one of its people registers."""

    grant_id: UUID
    partner_id: UUID
    member_id: UUID


class ReleaseCredentials(ActOnGrant):
    """An operator lets the partner collect a key once more."""


class RunSweep(Command):
    """An operator, or the schedule, wants everything outside listed."""

    by: str | None = None
    reason: str | None = None


class SettleFinding(Command):
    """An operator says what becomes of a thing outside."""

    finding_id: UUID
    by: str
    reason: str


class AdoptFinding(SettleFinding):
    """An operator says for which grant a thing stands outside: it is left as long as that lives."""

    grant_id: UUID


class IgnoreFinding(SettleFinding):
    """An operator has a thing outside left, and not reported again."""


class RemoveFinding(SettleFinding):
    """An operator wants a thing outside taken away."""

    although_owner_unknown: bool = False


class ReopenFinding(Command, kw_only=False):
    """An operator wants what was adopted or ignored reported again."""

    finding_id: UUID


class RegisterAccount(Command):
    """An operator has an account of the organization come into the pool."""

    account_id: str
    by: str
    reason: str


class ActOnAccount(Command):
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


class BeginMaintenance(Command):
    """An operator wants nothing new begun."""

    by: str
    reason: str


class EndMaintenance(Command, kw_only=False):
    """An operator has everything go on."""
