"""Lists everything outside that bears our mark, and notes what no live grant answers for.

Each page is called by `OutsideCalls`: the place in the sweep is noted with what the
page showed, so who is killed repeats one page. Grants are read after the page was listed, so that what was
made meanwhile has its grant; what was taken away meanwhile is suspected, and the next sweep finds it gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.database.outside_calls import Hold
from provisioning.domain.findings import Finding, Owner, ThingKind
from provisioning.domain.refusals import Refused
from provisioning.domain.steps import Cause
from provisioning.domain.sweeps import Sweep, is_due
from provisioning.handlers import jobs
from provisioning.handlers.commands import RunSweep
from provisioning.handlers.emit import save_and_emit_finding
from provisioning.handlers.ports import Inventory, Page, Work
from provisioning.handlers.sorted_answers import Answer, asked

_NOT_KNOWN = Cause("kind_not_known", "This version cannot list such things.")


def run_sweep(work: Work, command: RunSweep) -> Sweep:
    """Begin a sweep. Raises Refused."""
    sweep = Sweep(
        sweep_id=uuid7(),
        kinds=tuple(ThingKind),
        started_at=work.now(),
        started_by=command.by,
        reason=command.reason,
    )
    if not work.sweeps.add(sweep):
        raise Refused("sweep_under_way", "A sweep is under way already.")
    work.defer(jobs.sweep_outside())
    return sweep


def begin_sweeps(work: Work) -> None:
    """Begin one when its time has come; have one go on whose job was lost."""
    last = work.sweeps.last()
    if is_due(last, work.policies.sweeps, work.now()):
        run_sweep(work, RunSweep())
    elif last is not None and last.ended_at is None:
        work.defer(jobs.sweep_outside())


@dataclass(frozen=True)
class PageCall:
    """One page to list; or, behind the last page, what is known of a product and was not on any of them.

    Then ``cursor`` is the product, where its part of the kind begins.
    """

    sweep_id: UUID
    kind: ThingKind
    place: tuple[int, str | None, bool]
    cursor: str | None
    missing: tuple[tuple[UUID, str], ...] = ()


@dataclass(frozen=True)
class Seen:
    """What a page showed; or which of those that were missing are there all the same."""

    page: Page = field(default_factory=lambda: Page(()))
    still_there: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class PagesOfSweep:
    """The sweep that is under way, page by page; its row decides what is listed."""

    inventories: Mapping[ThingKind, Inventory]
    lock_name: str = "sweep"

    def come_back(self, work: Work, after: timedelta) -> None:
        work.defer(jobs.sweep_outside(work.database_now() + after))

    def begin(self, work: Work, hold: Hold, known: Sweep | None) -> PageCall | None:
        """Begin the next page unless its time has not come; end the sweep behind the last one."""
        sweep = known or work.sweeps.lock_open()
        if sweep is None or sweep.ended_at is not None:
            return None
        if sweep.next_at is not None and work.database_now() < sweep.next_at:
            work.defer(jobs.sweep_outside(sweep.next_at))
            return None
        while sweep.kind is not None:
            if sweep.kind not in self.inventories:
                sweep.put_off(_NOT_KNOWN, work.now(), is_final=True)
                continue
            if not sweep.is_listed:
                work.sweeps.save(sweep)
                return PageCall(sweep.sweep_id, sweep.kind, sweep.place, sweep.cursor)
            missing = work.findings.lock_not_seen(sweep.kind, sweep.sweep_id, sweep.parts_left_out)
            if missing:
                ids = tuple((finding.finding_id, finding.outside_id) for finding in missing)
                return PageCall(sweep.sweep_id, sweep.kind, sweep.place, missing[0].product, ids)
            sweep.finish_kind()
        _end(work, sweep)
        return None

    def call(self, call: PageCall) -> Answer[Seen]:
        inventory = self.inventories[call.kind]
        if not call.missing:
            return asked(lambda: Seen(inventory.page(call.cursor)))
        return asked(
            lambda: Seen(
                still_there=frozenset(
                    finding_id for finding_id, outside_id in call.missing if inventory.find(outside_id)
                )
            )
        )

    def note(self, work: Work, call: PageCall, answer: Answer[Seen]) -> Sweep | None:
        sweep = work.sweeps.lock_open()
        if sweep is None or (sweep.sweep_id, sweep.place) != (call.sweep_id, call.place):
            return sweep
        if answer.found is None:
            part = self.inventories[call.kind].part_at(call.cursor)
            sweep.put_off(answer.because, work.now(), is_final=answer.is_final, part=part)
        elif call.missing:
            _note_missing(work, sweep, call, answer.found.still_there)
        else:
            page = answer.found.page
            _note_page(work, sweep, page)
            sweep.turn_page(len(page.things), page.cursor, work.now(), work.policies.sweeps)
        work.sweeps.save(sweep)
        return sweep


def _note_page(work: Work, sweep: Sweep, page: Page) -> None:
    if not page.things:
        return
    known = work.findings.lock_known(page.things[0].kind, [thing.outside_id for thing in page.things])
    for thing, owner in zip(page.things, work.findings.owners(page.things), strict=True):
        finding = known.get(thing.outside_id)
        if finding is None and owner.is_live:
            continue
        if finding is None:
            finding = Finding.of(thing, owner, sweep.sweep_id, work.now())
        else:
            _see(work, sweep, finding, owner)
        save_and_emit_finding(work, finding)


def _see(work: Work, sweep: Sweep, finding: Finding, owner: Owner) -> None:
    if finding.kept_for is not None and not work.findings.is_live(finding.kept_for):
        finding.lose_keeper(work.now())
    if owner.is_live:
        finding.note_gone(work.now())
    else:
        finding.see(owner, sweep.sweep_id, work.now(), work.policies.sweeps.apart)


def _note_missing(work: Work, sweep: Sweep, call: PageCall, still_there: frozenset[UUID]) -> None:
    """What a page left out and is there all the same was seen, but by no second sweep."""
    for finding in work.findings.lock_not_seen(call.kind, sweep.sweep_id, sweep.parts_left_out):
        if finding.finding_id in still_there:
            finding.last_seen_at, finding.sweep_id = work.now(), sweep.sweep_id
        elif (finding.finding_id, finding.outside_id) in call.missing:
            finding.note_gone(work.now())
        save_and_emit_finding(work, finding)


def _end(work: Work, sweep: Sweep) -> None:
    """What grants say, and is not there or differs, their looks find."""
    sweep.end(work.now())
    work.grants.look_soon(work.now(), work.policies.rounds.apart_after_a_sweep)
    work.sweeps.save(sweep)
