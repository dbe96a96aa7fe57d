"""The hub of a partner: what to do next, how to get in, the products, who and what was agreed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from flask import Blueprint, render_template

from chassis import clock
from chassis.http.languages import translate
from onboarding.domain.access import Grant, GrantState
from onboarding.domain.membership import may_ask_again
from onboarding.domain.moves import Move, moves_from
from onboarding.domain.partners import Partner
from onboarding.domain.states import State
from onboarding.domain.timeline import Entry
from onboarding.entrypoints.web.api.descriptions import collect_url
from onboarding.entrypoints.web.pages import product_words
from onboarding.entrypoints.web.pages.signed_in import read_partner, service, signed_in
from onboarding.entrypoints.web.timeline_words import text_of

pages = Blueprint("status", __name__, template_folder="templates")

# The stations that the page draws, each with the states that belong to it.
STATIONS = (
    ("verify", {State.APPLIED}),
    ("review", {State.EMAIL_VERIFIED, State.IN_REVIEW, State.ACTION_REQUIRED}),
    ("agreement", {State.APPROVED}),
    ("access", {State.AGREEMENT_ACCEPTED, State.PROVISIONING}),
    ("active", {State.ACTIVE}),
)
# Where the one button of each state leads; where there is none, the sentence says all.
NEXT_PAGES: Mapping[State, str | None] = {
    State.APPLIED: "arriving.new_link",
    State.EMAIL_VERIFIED: "status.show",
    State.IN_REVIEW: "status.show",
    State.ACTION_REQUIRED: "correcting.form",
    State.REJECTED: "application_pages.form",
    State.APPROVED: "agreement.show",
    State.AGREEMENT_ACCEPTED: "status.show",
    State.PROVISIONING: "status.show",
    State.ACTIVE: None,
    State.SUSPENDED: None,
    State.OFFBOARDING: "status.show",
    State.OFFBOARDED: "application_pages.form",
    State.WITHDRAWN: "application_pages.form",
    State.EXPIRED: "application_pages.form",
}
_DEADLINE_IS_THEIRS = {State.APPLIED, State.ACTION_REQUIRED, State.APPROVED}
_DECISION_IS_TOLD = {State.REJECTED, State.SUSPENDED}
# Who ends the partnership itself knows why.
_END_IS_TOLD = {State.OFFBOARDING, State.OFFBOARDED}
# What was granted is being switched off or taken away, whatever was last heard of it.
_LOSES_ACCESS = {State.SUSPENDED, State.OFFBOARDING, State.OFFBOARDED}
_TIMELINE_SHOWN = 500
_BUDGETS = {"access.budget_warned", "access.budget_exceeded"}


# What only products that cost money tell, and only those in which people have users.
_TOLD_OF_COST = "account_id"
_TOLD_OF_PEOPLE = {"sign_in_url", "user_count"}


@dataclass(frozen=True)
class WayIn:
    """How to get into a product that is ready; ``label`` is the name of its button's words.

    ``people_page`` shows how each of the partner's people signs in, where people do; ``devices_page`` is
    where devices are added, where that may be.
    """

    grant: Grant
    page: str | None
    label: str
    people_page: str | None
    devices_page: str | None


@dataclass(frozen=True)
class Moment:
    """One line of the timeline; ``times`` is how often it happened within the minute."""

    at: datetime
    text: str
    times: int = 1


@dataclass(frozen=True)
class Spent:
    """What was spent of this month's budget at the last threshold told, if any; ``page`` knows of now."""

    page: str
    facts: Mapping[str, str] | None


@pages.get("/status")
@signed_in
def show(partner_id: UUID) -> str:
    """Everything the partner may know about itself."""
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
        plan = work.access_plans.of(partner_id)
        newest = work.lists.newest_of_timeline(partner_id, limit=_TIMELINE_SHOWN)
    state, moves = partner.state, moves_from(partner.state)
    integrations = service().settings.integrations_public_url
    grants = sorted(plan.grants.values(), key=lambda grant: grant.product)
    return render_template(
        "status.html",
        partner=partner,
        next_page=NEXT_PAGES[state],
        deadline=partner.deadline_at if state in _DEADLINE_IS_THEIRS else None,
        reason=_reason(partner),
        stations=[name for name, _ in STATIONS],
        station=next((name for name, states in STATIONS if state in states), None),
        ways_in=_ways_in(grants) if state not in _LOSES_ACCESS else [],
        products=grants,
        spending=_spending(grants, newest),
        now=clock.now(),
        may_ask_again=may_ask_again,
        words=product_words,
        support=service().settings.support_contact,
        sharing_url=f"{integrations}/sharing" if integrations else None,
        days=_days(newest),
        may_withdraw=Move.WITHDRAW in moves,
        may_leave=Move.START_OFFBOARDING in moves,
    )


def _reason(partner: Partner) -> str | None:
    """Why the vendor decided so, where that is no news of yesterday."""
    decision, state = partner.decision, partner.state
    if decision is None:
        return None
    is_told = state in _DECISION_IS_TOLD or (state in _END_IS_TOLD and decision.by.kind == "operator")
    return decision.reason if is_told else None


def _ways_in(grants: Iterable[Grant]) -> list[WayIn]:
    return [_way_in(grant) for grant in grants if grant.state is GrantState.GRANTED]


def _way_in(grant: Grant) -> WayIn:
    """How to begin with a product: a sentence, and the page on which to sign in or to collect its key."""
    provisioning = service().settings.provisioning_public_url
    key_page = collect_url(grant, provisioning)
    page = key_page or grant.identifiers.get("sign_in_url")
    is_safe = page is not None and page.startswith(("https://", "http://"))
    has_people = bool(_TOLD_OF_PEOPLE & grant.identifiers.keys())
    return WayIn(
        grant,
        page if is_safe else None,
        "status-collect" if key_page else "status-sign-in",
        f"{provisioning}/ways-in/{grant.id}" if has_people else None,
        f"{provisioning}/devices/{grant.id}" if "device_quota" in grant.identifiers else None,
    )


def _spending(grants: Iterable[Grant], newest: Iterable[Entry]) -> dict[UUID, Spent]:
    """By grant, of those that have a bill; what was told of another month is over."""
    month, told = f"{clock.now().astimezone(UTC):%Y-%m}", dict[str, Mapping[str, str]]()
    for entry in newest:
        # Entries of older releases lack the amounts.
        if entry.code in _BUDGETS and entry.facts.get("month") == month:
            told.setdefault(entry.facts["grant_id"], entry.facts)
    provisioning = service().settings.provisioning_public_url
    return {
        grant.id: Spent(f"{provisioning}/ways-in/{grant.id}", told.get(str(grant.id)))
        for grant in grants
        if _TOLD_OF_COST in grant.identifiers and grant.state in {GrantState.GRANTED, GrantState.FROZEN}
    }


def _days(entries: Iterable[Entry]) -> list[list[Moment]]:
    """The lines of each day, the newest first; what several people got at once is one line."""
    found: dict[tuple[datetime, str], Moment] = {}
    for entry in entries:
        at, text = entry.occurred_at.astimezone(UTC), text_of(entry, translate)
        minute = at.replace(second=0, microsecond=0)
        known = found.get((minute, text))
        found[minute, text] = Moment(known.at, text, known.times + 1) if known else Moment(at, text)
    return [list(lines) for _, lines in groupby(found.values(), key=lambda moment: moment.at.date())]
