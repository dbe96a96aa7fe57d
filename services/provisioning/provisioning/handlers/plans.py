"""A partner's plan: made at the agreement, compared with today's catalogue, changed by an operator."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from uuid_utils.compat import uuid7

from provisioning.domain.catalogue import CatalogueEntry
from provisioning.domain.grant_states import Intent
from provisioning.domain.grants import Grant
from provisioning.domain.leases import FrozenFor
from provisioning.domain.partners import Access, Partner, Profile
from provisioning.domain.plan_changes import (
    Difference,
    Kind,
    PlanPreview,
    change,
    preview,
    preview_of_profile,
)
from provisioning.domain.products import EntryKey
from provisioning.domain.refusals import Refused
from provisioning.domain.steps import StepRecord
from provisioning.handlers.commands import ChangePlan, PreviewPlan
from provisioning.handlers.emit import emit_approvals_requested, emit_planned, save_and_emit
from provisioning.handlers.ports import Work
from provisioning.handlers.seating import let_go_of_people
from provisioning.handlers.settle import defer_advance, emit_of_members


def make_plan(work: Work, partner: Partner, entries: Sequence[CatalogueEntry]) -> list[Grant]:
    """Add a grant and a job for each entry; whoever calls tells the plan."""
    products = work.policies.catalogue.products
    grants = [
        Grant(
            grant_id=uuid7(),
            partner_id=partner.partner_id,
            product=products[entry.product_name],
            is_required=entry.is_required,
            parameters=dict(entry.parameters),
            steps=[StepRecord(name=name) for name in products[entry.product_name].steps],
            entry_name=entry.name,
        )
        for entry in entries
    ]
    for entry, grant in zip(entries, grants, strict=True):
        if entry.needs_approval:
            grant.freeze(FrozenFor.APPROVAL)
        work.grants.add(grant)
    return grants


def preview_plan(work: Work, command: PreviewPlan) -> PlanPreview:
    """List what a change, or another tier because of it alone, would do; do nothing. Raises Refused."""
    partner = work.partners.lock(command.partner_id)
    grants = work.grants.of_partner(command.partner_id)
    listed = _preview(work, partner, grants)
    if command.tier is None or partner is None or partner.profile is None:
        return listed
    other = replace(partner.profile, tier=command.tier)
    return preview_of_profile(work.policies.catalogue, partner.profile, other, grants)


def change_plan(work: Work, command: ChangePlan) -> PlanPreview:
    """Do what a preview listed, as long as it would list the same. Raises Refused.

    The whole plan is told again; what is taken away is not required any more.
    """
    partner = work.partners.lock(command.partner_id)
    grants = work.grants.of_partner(command.partner_id)
    listed = _preview(work, partner, grants)
    if listed.preview_id != command.preview_id or partner is None or partner.profile is None:
        message = "The plan, or the catalogue, is another one by now: look at the preview again."
        raise Refused("preview_outdated", message)
    _carry_out_all(work, partner, partner.profile, grants, listed.differences)
    return listed


def follow_profile(work: Work, partner: Partner, profile: Profile) -> None:
    """Take in another tier, or what a partner wishes for or is good at besides, and do what differs by it.

    What else the catalogue would change by now is left to `change_plan`. Without a plan it is only kept.
    """
    former, partner.profile = partner.profile, profile
    work.partners.save(partner)
    if former is None or partner.access is not Access.PLANNED:
        return
    grants = work.grants.of_partner(partner.partner_id)
    differences = preview_of_profile(work.policies.catalogue, former, profile, grants).differences
    _carry_out_all(work, partner, profile, grants, differences)


def _carry_out_all(
    work: Work,
    partner: Partner,
    profile: Profile,
    grants: Sequence[Grant],
    differences: Sequence[Difference],
) -> None:
    catalogue = work.policies.catalogue
    due = {entry.key: entry for entry in catalogue.due_to(profile)}
    known = {grant.key: grant for grant in grants}
    made = make_plan(work, partner, [due[one.key] for one in differences if one.kind is Kind.ADDED])
    if partner.is_suspended:
        for grant in made:
            grant.freeze(FrozenFor.SUSPENSION)
    changed = [known[one.key] for one in differences if _carry_out(work, one, known, due)]
    if made or changed:
        emit_planned(work, partner.partner_id, catalogue.version, [*grants, *made])
        emit_approvals_requested(work, made)
    for grant in (*made, *changed):
        save_and_emit(work, grant)
        let_go_of_people(work, grant)
        defer_advance(work, grant)
    emit_of_members(work, partner)


def _carry_out(
    work: Work, one: Difference, known: Mapping[EntryKey, Grant], due: Mapping[EntryKey, CatalogueEntry]
) -> bool:
    """Change a grant that is there, and return whether anything was to be done."""
    if one.kind is Kind.CHANGED and not one.held_up_by:
        change(known[one.key], due[one.key], work.now())
        return True
    if one.kind is Kind.TAKEN_AWAY:
        known[one.key].is_required = False
        return known[one.key].want(Intent.OFF)
    return False


def _preview(work: Work, partner: Partner | None, grants: Sequence[Grant]) -> PlanPreview:
    if partner is None or partner.profile is None or partner.access is not Access.PLANNED:
        raise Refused("no_plan", "The partner has no plan: it has not agreed yet, or it leaves.")
    return preview(work.policies.catalogue, partner.profile, grants)
