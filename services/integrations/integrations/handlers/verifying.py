"""Has an address say that it wants our events, before it gets any."""

from dataclasses import replace
from datetime import timedelta

from chassis.database.outside_calls import Locks
from chassis.failures import NotNow
from integrations.domain.endpoints import OK, Endpoint, State
from integrations.domain.quotas import Act
from integrations.handlers import jobs, quotas
from integrations.handlers.commands import AskEndpoint, NameEndpoint
from integrations.handlers.ports import Challenger, OpenWork, Work

# A job that asks is there so long, unless somebody took it away.
ASKED_WITHIN = timedelta(minutes=10)


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
    asked = to_be_asked(work, endpoint)
    work.endpoints.save(asked)
    return asked


def to_be_asked(work: Work, endpoint: Endpoint) -> Endpoint:
    """One job at a time asks an endpoint's address; what it is by then."""
    now, since = work.now(), endpoint.challenged_at
    if since is not None and endpoint.challenge_outcome is None and now - since < ASKED_WITHIN:
        return endpoint
    work.defer(jobs.ask_endpoint(endpoint.integrator_id, endpoint.id))
    return replace(endpoint, challenged_at=now, challenge_outcome=None)


def ask_endpoint(open_work: OpenWork, challenger: Challenger, locks: Locks, command: AskEndpoint) -> None:
    """Note what its address answered. Of one integrator one at a time: the worker is for all of them.

    Raises NotNow while another one is asked, and where the endpoint has another address by then.
    """
    with locks.try_hold(f"asking:{command.integrator_id}") as hold:
        if hold is None:
            raise NotNow("asking_another", "another address of the integrator is being asked")
        _ask(open_work, challenger, command)


def _ask(open_work: OpenWork, challenger: Challenger, command: AskEndpoint) -> None:
    with open_work() as work:
        before = work.endpoints.get(command.integrator_id, command.endpoint_id)
    if before is None:
        return
    outcome = challenger.ask(before.url)
    with open_work() as work:
        endpoint = work.endpoints.lock(command.integrator_id, command.endpoint_id)
        if endpoint is None:
            return
        if endpoint.url != before.url:
            raise NotNow("address_changed", "the endpoint has another address by now")
        endpoint = replace(endpoint, challenged_at=work.now(), challenge_outcome=outcome)
        if outcome == OK:
            is_waiting = endpoint.state is State.UNVERIFIED
            endpoint = replace(
                endpoint, verified_at=work.now(), state=State.ACTIVE if is_waiting else endpoint.state
            )
        work.endpoints.save(endpoint)
