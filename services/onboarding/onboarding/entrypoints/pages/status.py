"""The hub of a partner: where things stand, every product with its cause, what to do next, what happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from flask import Blueprint, render_template

from chassis.http.languages import translate
from onboarding.domain.access import Grant
from onboarding.domain.moves import Move, moves_from
from onboarding.domain.states import State
from onboarding.domain.timeline import Entry
from onboarding.entrypoints.api.descriptions import collect_url
from onboarding.entrypoints.pages import people, product_words
from onboarding.entrypoints.pages.signed_in import read_partner, service, signed_in
from onboarding.entrypoints.timeline_texts import text_of

pages = Blueprint("status", __name__, template_folder="templates")

# The stations that the page draws, each with the states that belong to it.
STATIONS = (
    ("verify", {State.APPLIED}),
    ("review", {State.EMAIL_VERIFIED, State.IN_REVIEW, State.ACTION_REQUIRED}),
    ("agreement", {State.APPROVED}),
    ("access", {State.AGREEMENT_ACCEPTED, State.PROVISIONING}),
    ("active", {State.ACTIVE}),
)
_CHANGES_SOON = {State.EMAIL_VERIFIED, State.AGREEMENT_ACCEPTED, State.PROVISIONING, State.OFFBOARDING}
_MAY_REAPPLY = {State.REJECTED, State.WITHDRAWN, State.EXPIRED, State.OFFBOARDED}
_DEADLINE_IS_THEIRS = {State.APPLIED, State.ACTION_REQUIRED, State.APPROVED}
_TIMELINE_SHOWN = 500
_LINES_AT_ONCE = 12


@dataclass(frozen=True)
class Moment:
    """One line of the timeline; ``times`` is how often it happened within the minute."""

    at: datetime
    text: str
    times: int = 1


@pages.get("/status")
@signed_in
def show(partner_id: UUID) -> str:
    """Everything the partner may know about itself."""
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
        plan = work.access_plans.of(partner_id)
        newest = work.lists.newest_of_timeline(partner_id, limit=_TIMELINE_SHOWN)
    moments = _moments(newest)
    state, moves = partner.state, moves_from(partner.state)
    return render_template(
        "status.html",
        partner=partner,
        stations=[name for name, _ in STATIONS],
        station=next((name for name, states in STATIONS if state in states), None),
        changes_soon=state in _CHANGES_SOON,
        may_reapply=state in _MAY_REAPPLY,
        deadline=product_words.in_utc(partner.deadline_at)
        if partner.deadline_at and state in _DEADLINE_IS_THEIRS
        else None,
        products=_with_addresses(plan.grants.values()),
        people=people.lines_of(partner, datetime.now(UTC)),
        words=product_words,
        days=_by_day(moments[:_LINES_AT_ONCE]),
        earlier_days=_by_day(moments[_LINES_AT_ONCE:]),
        may_withdraw=Move.WITHDRAW in moves,
        may_leave=Move.START_OFFBOARDING in moves,
    )


def _with_addresses(grants: Iterable[Grant]) -> list[tuple[Grant, str | None]]:
    """Each product with the page on which its key waits."""
    address = service().settings.provisioning_public_url
    return [(grant, collect_url(grant, address)) for grant in grants]


def _moments(entries: Iterable[Entry]) -> list[Moment]:
    """The newest line first; what several people got at once is one line."""
    found: dict[tuple[datetime, str], Moment] = {}
    for entry in entries:
        at, text = product_words.in_utc(entry.occurred_at), text_of(entry, translate)
        minute = at.replace(second=0, microsecond=0)
        known = found.get((minute, text))
        found[minute, text] = Moment(known.at, text, known.times + 1) if known else Moment(at, text)
    return list(found.values())


def _by_day(moments: Iterable[Moment]) -> list[tuple[datetime, list[Moment]]]:
    """The newest day first."""
    days = [list(lines) for _, lines in groupby(moments, key=lambda moment: moment.at.date())]
    return [(lines[0].at, lines) for lines in days]
