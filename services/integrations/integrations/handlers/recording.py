"""Records who did what for an integrator."""

from uuid import UUID

from uuid_utils.compat import uuid7

from integrations.domain.integrator_log import Action, Actor, LogEntry
from integrations.handlers.ports import Work


def record(
    work: Work,
    integrator_id: UUID,
    by: Actor,
    action: Action,
    *,
    subject_id: UUID | None = None,
    label: str = "",
) -> None:
    """In the transaction of the act itself."""
    work.integrator_log.add(
        LogEntry(
            id=uuid7(),
            integrator_id=integrator_id,
            at=work.now(),
            by=by,
            action=action,
            subject_id=subject_id,
            label=label,
        )
    )
