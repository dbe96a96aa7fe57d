"""The events that provisioning sends, one class for each contract of its topic."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.events import Event
from chassis.frozen import Frozen
from provisioning.domain.budgets import Action
from provisioning.domain.findings import Settlement, ThingKind
from provisioning.domain.grant_states import Intent
from provisioning.domain.standings import Standing


class AccessEvent(Event, topic="access.lifecycle.v1", subject_field="partner_id"):
    """Something about a partner's access."""

    partner_id: UUID


class PlannedGrant(Frozen):
    """One due grant in the plan."""

    grant_id: UUID
    product: str
    required: bool


class AccessPlanned(AccessEvent, name="access.planned"):
    """The whole plan for a partner, possibly empty."""

    catalogue_version: str
    grants: tuple[PlannedGrant, ...]

    @property
    def may_wait(self) -> bool:  # type: ignore[override]
        """Where nothing is required, the plan alone makes the partner active."""
        return any(grant.required for grant in self.grants)


class ProductOfMember(Frozen):
    """One product that a person has, with the grant it comes from."""

    product: str
    grant_id: UUID
    sign_in_url: str | None = None


class LeftProduct(Frozen):
    """A product that a person had something of."""

    product: str
    grant_id: UUID


class AccessMemberRemoved(AccessEvent, name="access.member_removed"):
    """Nothing is left of what a person had by the partner."""

    member_id: UUID
    products: tuple[LeftProduct, ...]
    removed_at: datetime


class AccessMemberAdded(AccessEvent, name="access.member_added"):
    """A person who joined has access."""

    member_id: UUID
    products: tuple[ProductOfMember, ...]
    added_at: datetime


class AccessRequestAnswered(AccessEvent, name="access.request_answered"):
    """What came of something that the partner asked for."""

    request_id: UUID
    answer: Literal["carried_out", "impossible", "left_to_operator"]
    message: str | None = None


class AccessCleared(AccessEvent, name="access.cleared"):
    """Nothing of the partner is left."""


class GrantEvent(AccessEvent):
    """Something about one grant."""

    grant_id: UUID
    product: str


class AccessProvisioningStarted(GrantEvent, name="access.provisioning_started", may_wait=True):
    """The first step is being taken, or is taken again."""


class AccessGranted(GrantEvent, name="access.granted"):
    """Usable, with the identifiers of what was made, who has a seat where there are seats, and until when."""

    identifiers: Mapping[str, str]
    collectable: bool
    member_ids: tuple[UUID, ...] | None = None
    lease_ends_at: datetime | None = None
    first: bool | None = None


class AccessFailed(GrantEvent, name="access.failed"):
    """A step failed: which, why, and whether it is tried again."""

    required: bool
    step: str
    code: str
    message: str
    attempt: int
    will_retry: bool
    retry_at: datetime | None


class AccessStuck(GrantEvent, name="access.stuck"):
    """A step cannot be switched off, given back or taken away, and waits for an operator."""

    wanted: Intent
    step: str
    code: str
    message: str
    attempt: int


class AccessDriftDetected(GrantEvent, name="access.drift_detected"):
    """Somebody else changed what stands outside; it is made as it should be, unless it ``is_left``."""

    wanted: Intent
    step: str
    expected: Standing
    found: Standing
    differences: tuple[str, ...]
    is_left: bool


class NamedGrantEvent(GrantEvent):
    """One that people hear of by mail: ``entry_name`` tells the grant from others of its product."""

    entry_name: str | None = None


class AccessExpiring(NamedGrantEvent, name="access.expiring"):
    """Its time ends soon."""

    ends_at: datetime
    days_left: int


class AccessExpired(NamedGrantEvent, name="access.expired"):
    """Its time is over: it is being switched off, kept for a while, then taken away."""

    ended_at: datetime
    removal_at: datetime


class AccessRenewed(NamedGrantEvent, name="access.renewed"):
    """It was given more time; what the end had switched off comes back."""

    ends_at: datetime
    reason: str
    renewed_by: str


class BudgetEvent(NamedGrantEvent):
    """A part of the month's budget is spent, by what runs or by the bill; amounts are USD."""

    month: str
    percent: int
    budget_usd: str
    spent_usd: str


class AccessBudgetWarned(BudgetEvent, name="access.budget_warned"):
    """So much is spent that somebody should look."""


class AccessBudgetExceeded(BudgetEvent, name="access.budget_exceeded"):
    """So much is spent that it is being switched off, or its lease ends."""

    action: Literal[Action.FREEZE, Action.END]


class AccessWaived(GrantEvent, name="access.waived"):
    """The vendor goes on without it; ``refused`` where it waited for approval."""

    reason: str
    waived_by: str
    refused: bool | None = None


class AccessApprovalRequested(GrantEvent, name="access.approval_requested"):
    """Nothing of it is made before the vendor has decided."""


class AccessApproved(GrantEvent, name="access.approved"):
    """The vendor decided that it is made."""

    reason: str
    approved_by: str


class DeviceEvent(GrantEvent):
    """Something about a device beside the first one of a grant."""

    device_id: UUID


class AccessDeviceAdded(DeviceEvent, name="access.device_added"):
    """It may connect, under this name."""

    thing_name: str
    added_at: datetime
    claim_id: UUID | None = None


class AccessDeviceRemoved(DeviceEvent, name="access.device_removed"):
    """It was taken away while the grant stays."""

    removed_at: datetime


class AccessDeviceStuck(DeviceEvent, name="access.device_stuck"):
    """It waits for an operator, and holds up nothing but itself."""

    wanted: Intent
    step: str
    code: str
    message: str
    attempt: int


class AccessDeviceClaimMade(GrantEvent, name="access.device_claim_made"):
    """Until it expires, so many devices may join by its secret, which stands in no event."""

    claim_id: UUID
    places: int
    made_at: datetime
    expires_at: datetime


class AccessDeviceClaimRevoked(GrantEvent, name="access.device_claim_revoked"):
    """No more devices join by it; those that have joined stay."""

    claim_id: UUID
    revoked_at: datetime


class AccessKeyReplacementStarted(GrantEvent, name="access.key_replacement_started"):
    """Another key is being made, of the grant's first device unless another one is named."""

    why: Literal["rotation", "revocation", "release"]
    started_at: datetime
    device_id: UUID | None = None


class AccessFrozen(GrantEvent, name="access.frozen"):
    """Switched off, not destroyed."""


class AccessUnfrozen(GrantEvent, name="access.unfrozen"):
    """Switched on again."""


class AccessRevoked(GrantEvent, name="access.revoked"):
    """Everything that was made is undone."""


class OrphanEvent(AccessEvent):
    """Something about a thing outside that was made for the partner."""

    finding_id: UUID
    product: str
    kind: ThingKind
    outside_id: str


class AccessOrphanFound(OrphanEvent, name="access.orphan_found"):
    """It stands outside, and no grant answers for it."""

    first_seen_at: datetime


class AccessOrphanSettled(OrphanEvent, name="access.orphan_settled"):
    """It is gone, or an operator decided what becomes of it."""

    outcome: Settlement
