"""Partners agree to what an integrator may see, and withdraw. None means that it does not concern them."""

from collections.abc import Sequence
from uuid import UUID

from uuid_utils.compat import uuid7

from integrations.domain.consents import Consent, Sharing
from integrations.domain.events import IntegratorConsentGiven, IntegratorConsentWithdrawn
from integrations.domain.refusals import ConsentNotOpen, ConsentOutdated
from integrations.handlers.commands import GiveConsent, OfPartner, WithdrawConsent
from integrations.handlers.ports import Work


def sharing_with_all(work: Work, command: OfPartner) -> Sequence[Sharing]:
    """Integrators that ask the partner now, by name, then former ones; two queries."""
    agreed: dict[UUID, list[Consent]] = {}
    for consent in work.consents.of_partner(command.partner_id):
        agreed.setdefault(consent.integrator_id, []).append(consent)
    catalogue = work.policies.catalogue
    requests = filter(None, (one.request(catalogue) for one in work.integrators.asking()))
    found = [
        Sharing(
            integrator_id=one.integrator_id,
            integrator_name=one.integrator_name,
            request=one,
            consents=agreed.pop(one.integrator_id, ()),
        )
        for one in requests
    ]
    former = [
        Sharing(
            integrator_id=integrator_id,
            integrator_name=consents[0].integrator_name,
            request=None,
            consents=consents,
        )
        for integrator_id, consents in agreed.items()
    ]
    return found + sorted(former, key=lambda one: one.integrator_name)


def give_consent(work: Work, command: GiveConsent) -> Sharing | None:
    """Applies to events that arrive from now on; a second click finds it.

    Raises ConsentOutdated if the integrator asks for something else by now, and ConsentNotOpen.
    """
    work.integrators.lock(command.integrator_id)
    partner = work.partners.hold(command.partner_id)
    sharing = _sharing_with(work, command)
    if sharing is None:
        return None
    if sharing.request is None or not partner.may_agree:
        raise ConsentNotOpen
    if command.shown != sharing.request.digest:
        raise ConsentOutdated
    if not sharing.is_open:
        return sharing
    consent = sharing.request.given(uuid7(), command.partner_id, work.now(), command.by)
    work.consents.add(consent)
    work.emit(
        IntegratorConsentGiven(
            partner_id=consent.partner_id,
            integrator_id=consent.integrator_id,
            integrator_name=consent.integrator_name,
            event_types=consent.event_types,
            sees_personal=consent.sees_personal,
        )
    )
    return _sharing_with(work, command)


def withdraw_consent(work: Work, command: WithdrawConsent) -> Sharing | None:
    """Takes effect at once, also for what waits to be sent; harmless when repeated."""
    work.integrators.lock(command.integrator_id)
    work.partners.hold(command.partner_id)
    sharing = _sharing_with(work, command)
    if sharing is None or not work.consents.withdraw(
        command.integrator_id, command.partner_id, work.now(), command.by
    ):
        return sharing
    work.emit(
        IntegratorConsentWithdrawn(
            partner_id=command.partner_id,
            integrator_id=sharing.integrator_id,
            integrator_name=sharing.integrator_name,
        )
    )
    return _sharing_with(work, command)


def _sharing_with(work: Work, command: GiveConsent | WithdrawConsent) -> Sharing | None:
    """None for an integrator that neither asks nor was agreed to."""
    every = sharing_with_all(work, OfPartner(command.partner_id))
    return next((one for one in every if one.integrator_id == command.integrator_id), None)
