"""What a partner asks for: answered by the catalogue, or done once an operator has approved it.

Each answer can be given again: time is given up to a moment, and what is wished for is a set.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from chassis.events import ReceivedEvent
from provisioning.domain.events import AccessRequestAnswered
from provisioning.domain.partners import Access, Partner, Profile
from provisioning.domain.refusals import GrantNotFound, LeaseNotToBeChanged
from provisioning.handlers.commands import ExtendLeaseTo
from provisioning.handlers.grants import find_grant
from provisioning.handlers.leases import extend_lease_to
from provisioning.handlers.plans import follow_profile
from provisioning.handlers.ports import Work

Data = Mapping[str, Any]
Answer = Literal["carried_out", "impossible", "left_to_operator"]

# Who gave the time, where the catalogue did.
CATALOGUE = "catalogue"


def when_partner_requested(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Give time where the catalogue allows it; all else is an operator's to decide."""
    if data["kind"] != "more_time":
        return
    try:
        partner, grant = find_grant(work, data["grant_id"], data["partner_id"])
    except GrantNotFound:
        _answer(work, data, "impossible", "There is no such access.")
        return
    lease = grant.lease
    is_allowed = lease is not None and lease.may_be_extended_to(data["ends_at"])
    if not is_allowed or partner.access is not Access.PLANNED or partner.is_suspended:
        _answer(work, data, "left_to_operator")
        return
    _give_time(work, data, "The catalogue gives it to who asks.", CATALOGUE)


def when_partner_request_decided(work: Work, event: ReceivedEvent, data: Data) -> None:
    """Carry out what was approved, and tell what came of it."""
    if data["outcome"] != "approved" or data["kind"] not in {"more_time", "product", "competence"}:
        return
    if data["kind"] == "more_time":
        _give_time(work, data, data["reason"], data["decided_by"]["name"])
        return
    partner = work.partners.lock(data["partner_id"])
    if partner is None or partner.profile is None:
        _answer(work, data, "impossible", "The partner has no plan yet.")
        return
    profile = _wider(partner.profile, data)
    due = {entry.product_name for entry in work.policies.catalogue.due_to(profile)}
    if data["kind"] == "product" and data["product"] not in due:
        _answer(work, data, "impossible", f"The catalogue gives no {data['product']} to this partner.")
        return
    if partner.access is not Access.PLANNED:
        _answer(work, data, "impossible", "The partner leaves, or has left.")
        return
    follow_profile(work, partner, profile)
    if data["kind"] == "product" and not _has(work, partner, data["product"]):
        message = f"{data['product']} was taken away, or gone on without, and does not come back by itself."
        _answer(work, data, "impossible", message)
    else:
        _answer(work, data, "carried_out")


def _give_time(work: Work, data: Data, reason: str, by: str) -> None:
    try:
        find_grant(work, data["grant_id"], data["partner_id"])
        extend_lease_to(
            work, ExtendLeaseTo(grant_id=data["grant_id"], ends_at=data["ends_at"], reason=reason, by=by)
        )
    except GrantNotFound:
        _answer(work, data, "impossible", "There is no such access.")
    except LeaseNotToBeChanged as refused:
        _answer(work, data, "impossible", refused.message)
    else:
        _answer(work, data, "carried_out")


def _wider(profile: Profile, data: Data) -> Profile:
    field = "products_wanted" if data["kind"] == "product" else "competences"
    more: dict[str, Any] = {field: getattr(profile, field) | {data[data["kind"]]}}
    return replace(profile, **more)


def _has(work: Work, partner: Partner, product: str) -> bool:
    grants = work.grants.of_partner(partner.partner_id)
    return any(grant.product_name == product and grant.is_wanted for grant in grants)


def _answer(work: Work, data: Data, answer: Answer, message: str | None = None) -> None:
    work.emit(
        AccessRequestAnswered(
            partner_id=data["partner_id"], request_id=data["request_id"], answer=answer, message=message
        )
    )
