"""API: sweeps, and what they found outside without a grant."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal
from chassis.operating.audited import acts_on, note_own_act
from chassis.operating.http_schemas import StatedReason
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.bootstrap import ProvisioningService
from provisioning.domain.findings import Finding
from provisioning.domain.refusals import FindingNotFound
from provisioning.domain.sweeps import Sweep
from provisioning.entrypoints.web.api import schemas_of_sweeps
from provisioning.handlers import commands
from provisioning.handlers.findings import adopt_finding, ignore_finding, remove_finding, reopen_finding
from provisioning.handlers.sweep_outside import run_sweep

api = ApiBlueprint("sweeping", __name__, description="Sweep the outside; settle what no grant answers for")
Body = dict[str, Any]
_act = acts_on(api, "/v1/findings/<uuid:finding_id>", schemas_of_sweeps.FindingSeen)

_SWEEPS_SHOWN = 10


@api.post("/v1/sweeps")
@api.arguments(StatedReason)
@idempotent
@api.response(202, schemas_of_sweeps.SweepSeen)
def run_one_sweep(work: ProvisioningUnitOfWork, body: Body) -> tuple[Body, int]:
    """Start a sweep of everything outside that bears our mark; 409 while one is running."""
    sweep = run_sweep(work, commands.RunSweep(by=current_principal().name, reason=body["reason"]))
    note_own_act(work, "run sweep", sweep.sweep_id, body["reason"])
    return _sweep(sweep), 202


@api.get("/v1/sweeps")
@api.response(200, schemas_of_sweeps.SweepsSeen)
def list_sweeps() -> Body:
    """List the newest sweeps, with the progress of the one running."""
    with current_service(ProvisioningService).open_work() as work:
        return {"sweeps": [_sweep(sweep) for sweep in work.sweeps.newest(_SWEEPS_SHOWN)]}


@api.get("/v1/findings")
@api.arguments(schemas_of_sweeps.FindingSearch, location="query")
@api.response(200, schemas_of_sweeps.FindingPage)
def list_findings(query: Body) -> Body:
    """List unmanaged resources, in the order in which they were found."""
    with current_service(ProvisioningService).open_work() as work:
        page = work.findings.page(query.get("state"), query.get("kind"), query.get("cursor"), query["limit"])
    is_full = len(page) == query["limit"]
    return {
        "findings": [_finding(finding) for finding in page],
        "next_cursor": str(page[-1].finding_id) if is_full else None,
    }


@api.get("/v1/findings/<uuid:finding_id>")
@api.response(200, schemas_of_sweeps.FindingSeen)
@api.alt_response(404)
def show_finding(finding_id: UUID) -> Body:
    """Show one finding."""
    with current_service(ProvisioningService).open_work() as work:
        found = work.findings.get(finding_id)
    if found is None:
        raise FindingNotFound
    return _finding(found)


@_act("adoption", "adopt finding", schemas_of_sweeps.Adoption)
def adopt_one_finding(work: ProvisioningUnitOfWork, body: Body, finding_id: UUID) -> Body:
    """Adopt a finding: reported again once the grant has ended."""
    by = current_principal().name
    return _finding(adopt_finding(work, commands.AdoptFinding(finding_id=finding_id, by=by, **body)))


@_act("ignoring", "ignore finding")
def ignore_one_finding(work: ProvisioningUnitOfWork, body: Body, finding_id: UUID) -> Body:
    """Ignore a finding: not reported again."""
    by = current_principal().name
    return _finding(ignore_finding(work, commands.IgnoreFinding(finding_id=finding_id, by=by, **body)))


@_act("removal", "remove finding", schemas_of_sweeps.Removal, status=202)
def remove_one_finding(work: ProvisioningUnitOfWork, body: Body, finding_id: UUID) -> Body:
    """Remove a resource, after one more look; 409 unless two sweeps saw it and its owner is known."""
    by = current_principal().name
    return _finding(remove_finding(work, commands.RemoveFinding(finding_id=finding_id, by=by, **body)))


@_act("reopening", "reopen finding")
def reopen_one_finding(work: ProvisioningUnitOfWork, _body: Body, finding_id: UUID) -> Body:
    """Reopen a finding that was adopted or ignored."""
    return _finding(reopen_finding(work, commands.ReopenFinding(finding_id)))


def _sweep(sweep: Sweep) -> Body:
    return {
        **vars(sweep),
        "kinds": len(sweep.kinds),
        "kind": sweep.kind,
        "left_out": [
            {"kind": kind, "product": product or None, "code": cause.code, "message": cause.message}
            for name, cause in sweep.left_out.items()
            for kind, _, product in [name.partition(":")]
        ],
    }


def _finding(finding: Finding) -> Body:
    cause = finding.cause
    return {**vars(finding), "code": cause and cause.code, "message": cause and cause.message}
