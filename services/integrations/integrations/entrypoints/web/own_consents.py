"""What a partner decides for itself, by the API and on its page alike."""

from uuid import UUID

from chassis.http.principals import current_principal, current_session
from integrations.domain.consents import Sharing
from integrations.domain.integrator_log import Actor, by_session
from integrations.entrypoints.web.limiting import count_choice
from integrations.handlers.commands import GiveConsent, WithdrawConsent
from integrations.handlers.consents import give_consent, withdraw_consent
from integrations.handlers.ports import Work


def current_partner() -> UUID:
    """Whose session came with the request, to an endpoint for guests."""
    return UUID(current_principal().name)


def agree(work: Work, integrator_id: UUID, shown: str) -> Sharing | None:
    """Raises ConsentOutdated, ConsentNotOpen and TooOften."""
    count_choice(partner_id := current_partner())
    command = GiveConsent(partner_id=partner_id, integrator_id=integrator_id, shown=shown, by=_by())
    return give_consent(work, command)


def withdraw(work: Work, integrator_id: UUID) -> Sharing | None:
    """Never refused: consent may be withdrawn, however often it was given."""
    command = WithdrawConsent(partner_id=current_partner(), integrator_id=integrator_id, by=_by())
    return withdraw_consent(work, command)


def _by() -> Actor:
    session = current_session()
    if session is None:
        raise LookupError("an endpoint for guests was reached without a session")
    return by_session(session.id)
