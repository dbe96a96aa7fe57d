"""Has an address say that it wants our events, before it gets any."""

from dataclasses import replace

from integrations.domain.endpoints import OK, Endpoint, State
from integrations.domain.quotas import Act
from integrations.handlers import jobs, quotas
from integrations.handlers.commands import AskEndpoint, NameEndpoint
from integrations.handlers.ports import Challenger, OpenWork, Work


def has_to_be_verified(work: Work, endpoint: Endpoint) -> bool:
    """Whether it gets nothing but tests until then."""
    if endpoint.verified_at is not None:
        return False
    integrator = work.integrators.get(endpoint.integrator_id)
    return work.policies.verifies_endpoints or (integrator is not None and integrator.verifies_endpoints)


def request_verification(work: Work, command: NameEndpoint) -> Endpoint | None:
    """The worker asks; None for one that is not the integrator's. Raises QuotaUsedUp."""
    endpoint = work.endpoints.lock(command.integrator_id, command.endpoint_id)
    if endpoint is None:
        return None
    quotas.use(work, command.integrator_id, Act.TEST)
    asked = replace(endpoint, challenged_at=work.now(), challenge_outcome=None)
    work.endpoints.save(asked)
    work.defer(jobs.ask_endpoint(endpoint.integrator_id, endpoint.id))
    return asked


def ask_endpoint(open_work: OpenWork, challenger: Challenger, command: AskEndpoint) -> None:
    """Note what its address answered, unless the endpoint has another address by then."""
    with open_work() as work:
        before = work.endpoints.get(command.integrator_id, command.endpoint_id)
    if before is None:
        return
    outcome = challenger.ask(before.url)
    with open_work() as work:
        endpoint = work.endpoints.lock(command.integrator_id, command.endpoint_id)
        if endpoint is None or endpoint.url != before.url:
            return
        endpoint = replace(endpoint, challenged_at=work.now(), challenge_outcome=outcome)
        if outcome == OK:
            is_waiting = endpoint.state is State.UNVERIFIED
            endpoint = replace(
                endpoint, verified_at=work.now(), state=State.ACTIVE if is_waiting else endpoint.state
            )
        work.endpoints.save(endpoint)
