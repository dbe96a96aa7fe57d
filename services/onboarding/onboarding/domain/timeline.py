"""What the timeline keeps of each thing that happens to a partner, and who may read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Audience = Literal["partner", "operators"]


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; ``facts`` may be read by the partner, ``internal_facts`` by operators only.

    ``source`` and ``event_id`` together are unique, so that a repeated event gives one line.
    ``trace_id`` leads operators to the logs; who writes an entry down puts it in, older lines have none.
    """

    partner_id: UUID
    code: str
    occurred_at: datetime
    source: str
    event_id: str
    audience: Audience
    facts: Mapping[str, Any] = field(default_factory=dict)
    internal_facts: Mapping[str, Any] = field(default_factory=dict)
    trace_id: str | None = None


@dataclass(frozen=True)
class Kept:
    """Which fields of an event the timeline keeps; personal ones are never among them."""

    facts: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    audience: Audience = "partner"


_FAULT = ("code", "message", "attempt", "will_retry", "retry_at")
_MONEY = ("product", "percent", "grant_id", "month", "budget_usd", "spent_usd")

KEPT: Mapping[str, Kept] = {
    "partner.applied": Kept(("products_wanted", "member_count")),
    "partner.email_verification_requested": Kept(("reason",)),
    "partner.sign_in_requested": Kept(),
    "partner.email_verified": Kept(),
    "partner.review_started": Kept((), ("automatic", "findings")),
    "partner.screened_again": Kept((), ("findings",), "operators"),
    "partner.action_required": Kept(("fields", "message")),
    "partner.correction_submitted": Kept(("changed_fields",)),
    "partner.approved": Kept(("tier",), ("reason", "decided_by")),
    "partner.rejected": Kept(("reason",), ("decided_by",)),
    "partner.agreement_accepted": Kept(("agreement_version",), ("accepted_by",)),
    "partner.provisioning_started": Kept(),
    "partner.activated": Kept(("products",)),
    "partner.suspended": Kept(("reason",), ("decided_by",)),
    "partner.resumed": Kept(("reason",), ("decided_by",)),
    "partner.offboarding_started": Kept(("reason",), ("requested_by",)),
    "partner.offboarded": Kept(),
    "partner.withdrawn": Kept(("reason",)),
    "partner.deadline_near": Kept(("waits_for", "deadline_at")),
    "partner.expired": Kept(),
    "partner.member_confirmation_requested": Kept(("reason",)),
    "partner.member_added": Kept(),
    "partner.member_declined": Kept((), ("member_id",)),
    "partner.member_removed": Kept((), ("member_id", "requested_by")),
    "partner.contact_changed": Kept((), ("member_id", "former_member_id", "requested_by")),
    "partner.passkey_added": Kept((), ("member_id", "passkey_id")),
    "partner.passkey_removed": Kept((), ("member_id", "passkey_id")),
    "partner.members_declined": Kept((), ("declined_count",), "operators"),
    "partner.registration_shared": Kept((), ("other_partner_id", "reason", "decided_by"), "operators"),
    "partner.requested": Kept(("kind", "product", "competence", "ends_at"), ("request_id", "grant_id")),
    "partner.request_decided": Kept(
        ("kind", "product", "competence", "outcome", "reason"), ("request_id", "decided_by")
    ),
    "partner.profile_changed": Kept(("changed_fields",)),
    "partner.language_chosen": Kept(("language",), ("member_id",)),
    "partner.exported": Kept(),
    "partner.deadline_passed": Kept((), ("state",), "operators"),
    "partner.tier_changed": Kept(("tier", "former_tier", "reason"), ("decided_by",)),
    "access.planned": Kept(("grants",), ("catalogue_version",)),
    "access.approval_requested": Kept(("product",), ("grant_id",)),
    "access.approved": Kept(("product",), ("grant_id", "reason", "approved_by")),
    "access.provisioning_started": Kept(("product",), ("grant_id",)),
    "access.granted": Kept(("product",), ("grant_id", "identifiers")),
    "access.failed": Kept(("product", "message", "will_retry", "retry_at"), ("grant_id", "step", *_FAULT)),
    "access.stuck": Kept(("product", "wanted"), ("grant_id", "step", "code", "message", "attempt")),
    "access.drift_detected": Kept(
        ("product", "is_left"), ("grant_id", "step", "wanted", "expected", "found", "differences")
    ),
    "access.expiring": Kept(("product", "ends_at"), ("grant_id", "days_left")),
    "access.expired": Kept(("product", "removal_at"), ("grant_id", "ended_at")),
    "access.renewed": Kept(("product", "ends_at"), ("grant_id", "reason", "renewed_by")),
    "access.budget_warned": Kept(_MONEY),
    "access.budget_exceeded": Kept((*_MONEY, "action")),
    "access.waived": Kept(("product",), ("grant_id", "reason", "waived_by")),
    "access.frozen": Kept(("product",), ("grant_id",)),
    "access.unfrozen": Kept(("product",), ("grant_id",)),
    "access.revoked": Kept(("product",), ("grant_id",)),
    "access.cleared": Kept(),
    "access.member_added": Kept(("products",), ("member_id",)),
    "access.member_removed": Kept(("products",), ("member_id",)),
    "access.request_answered": Kept((), ("request_id", "answer", "message"), "operators"),
    "access.device_added": Kept(("product",), ("grant_id", "device_id", "thing_name")),
    "access.device_removed": Kept(("product",), ("grant_id", "device_id")),
    "access.device_stuck": Kept(
        ("product", "wanted"), ("grant_id", "device_id", "step", "code", "message", "attempt")
    ),
    "access.device_claim_made": Kept(("product", "places", "expires_at"), ("grant_id", "claim_id")),
    "access.device_claim_revoked": Kept(("product",), ("grant_id", "claim_id")),
    "access.key_replacement_started": Kept(("product", "why"), ("grant_id", "device_id")),
    "learning.invitation_sent": Kept(("path", "path_title", "language"), ("member_id", "invitation_id")),
    "learning.invitation_accepted": Kept(("path", "path_title"), ("member_id", "invitation_id")),
    "learning.invitation_expired": Kept(("path", "path_title"), ("member_id", "invitation_id")),
    "learning.path_started": Kept(("path", "path_title"), ("member_id", "invitation_id")),
    "learning.path_completed": Kept(("path", "path_title"), ("member_id", "invitation_id")),
    "integrator.consent_given": Kept(("integrator_name", "sees_personal"), ("integrator_id", "event_types")),
    "integrator.consent_withdrawn": Kept(("integrator_name",), ("integrator_id",)),
    "message.sent": Kept(("kind",), ("member_id", "message_id", "transport")),
    "message.failed": Kept(("kind",), ("member_id", "message_id", *_FAULT)),
}


def entry_of(  # noqa: PLR0917 - the attributes of an event
    partner_id: UUID, code: str, occurred_at: datetime, source: str, event_id: str, data: Mapping[str, Any]
) -> Entry:
    """The line that an event leaves in the timeline."""
    kept = KEPT[code]
    facts = {name: data[name] for name in kept.facts if name in data}
    internal = {name: data[name] for name in kept.internal if name in data}
    return Entry(partner_id, code, occurred_at, source, event_id, kept.audience, facts, internal)
