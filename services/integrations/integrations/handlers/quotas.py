"""Counts what integrators ask for, before it is done."""

from uuid import UUID

from integrations.domain.quotas import WINDOW, Act
from integrations.domain.refusals import QuotaUsedUp
from integrations.handlers.ports import Work


def use(work: Work, integrator_id: UUID, act: Act) -> None:
    """Count one act; concurrent ones of the same integrator wait. Raises QuotaUsedUp."""
    most, now = work.policies.quotas[act], work.now()
    since, used = work.quota_uses.add(integrator_id, act, now)
    if used > most:
        raise QuotaUsedUp(f"{most} of the kind {act} an hour are allowed.", since + WINDOW - now)
