"""An operator settles what a sweep found; what is to be removed is looked at once more before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from chassis.database.outside_calls import HELD_BY_ANOTHER, Hold
from chassis.failures import Kind, NotNow
from provisioning.domain.findings import Finding, FindingState, Thing, ThingKind
from provisioning.domain.refusals import FindingNotFound, Refused
from provisioning.handlers import jobs
from provisioning.handlers.commands import AdoptFinding, IgnoreFinding, RemoveFinding, ReopenFinding
from provisioning.handlers.emit import save_and_emit_finding
from provisioning.handlers.ports import Inventory, Work
from provisioning.handlers.sorted_answers import Answer, asked


def adopt_finding(work: Work, command: AdoptFinding) -> Finding:
    """Leave it as long as the grant lives. Raises FindingNotFound, Refused."""
    finding = _locked(work, command.finding_id)
    if not work.findings.is_live(command.grant_id):
        raise Refused("grant_not_live", "There is no such grant, or nothing is left of it.")
    finding.adopt(command.grant_id, command.by, command.reason, work.now())
    return _saved(work, finding)


def ignore_finding(work: Work, command: IgnoreFinding) -> Finding:
    """Ignore a finding: not reported again. Raises FindingNotFound, Refused."""
    finding = _locked(work, command.finding_id)
    finding.ignore(command.by, command.reason, work.now())
    return _saved(work, finding)


def reopen_finding(work: Work, command: ReopenFinding) -> Finding:
    """Report it again. Raises FindingNotFound, Refused."""
    finding = _locked(work, command.finding_id)
    finding.reopen(work.now())
    return _saved(work, finding)


def remove_finding(work: Work, command: RemoveFinding) -> Finding:
    """Have the worker take it away. Raises FindingNotFound, Refused."""
    finding = _locked(work, command.finding_id)
    finding.begin_removal(command.by, command.reason, although_owner_unknown=command.although_owner_unknown)
    work.defer(jobs.remove_finding(finding.finding_id))
    return _saved(work, finding)


@dataclass(frozen=True)
class RemovalCall:
    """A look, or the removal of what the look showed."""

    kind: ThingKind
    outside_id: str
    thing: Thing | None = None


@dataclass(frozen=True)
class Looked:
    """What is there; None for nothing."""

    thing: Thing | None


@dataclass(frozen=True)
class CallsOfRemoval:
    """Look; while no grant answers for it, and none can come to, remove it; look again."""

    finding_id: UUID
    inventories: Mapping[ThingKind, Inventory]

    @property
    def lock_name(self) -> str:
        return f"finding:{self.finding_id}"

    def come_back(self, work: Work, after: timedelta) -> None:
        work.defer(jobs.remove_finding(self.finding_id, work.database_now() + after))

    def begin(self, work: Work, hold: Hold, known: Looked | None) -> RemovalCall | None:
        finding = work.findings.lock(self.finding_id)
        if finding is None or finding.state is not FindingState.REMOVING:
            return None
        thing = known.thing if known is not None else None
        if thing is None:
            return RemovalCall(finding.kind, finding.outside_id)
        if not hold.try_also(_locks_of(thing, finding)):
            self.come_back(work, HELD_BY_ANOTHER)
            return None
        [owner] = work.findings.owners([thing])
        if owner.is_live:
            finding.note_owned_after_all(work.now())
            _saved(work, finding)
            return None
        return RemovalCall(finding.kind, finding.outside_id, thing)

    def call(self, call: RemovalCall) -> Answer[Looked]:
        inventory = self.inventories[call.kind]

        def act() -> Looked:
            if call.thing is None:
                return Looked(inventory.find(call.outside_id))
            inventory.remove(call.thing)
            if inventory.find(call.outside_id) is not None:
                message = "It was removed, and is still seen outside."
                raise NotNow("not_seen_yet", message, kind=Kind.EVENTUAL_CONSISTENCY)
            return Looked(None)

        return asked(act)

    def note(self, work: Work, call: RemovalCall, answer: Answer[Looked]) -> Looked | None:
        finding = work.findings.lock(self.finding_id)
        if finding is None:
            return None
        if answer.found is None:
            finding.note_not_removed(answer.because)
        elif answer.found.thing is None:
            finding.note_removed(work.now())
        _saved(work, finding)
        return answer.found


def _locks_of(thing: Thing, finding: Finding) -> list[str]:
    """What a worker holds who makes something of the same owner."""
    grant_id = thing.mark.grant_id or finding.grant_id
    locks = [f"grant:{grant_id}", f"account:{grant_id}"] if grant_id else []
    return locks + ([f"person:{thing.product}:{thing.mark.person_id}"] if thing.mark.person_id else [])


def _locked(work: Work, finding_id: UUID) -> Finding:
    finding = work.findings.lock(finding_id)
    if finding is None:
        raise FindingNotFound
    return finding


def _saved(work: Work, finding: Finding) -> Finding:
    save_and_emit_finding(work, finding)
    return finding
