"""Maintenance: nothing new is begun while an operator says so; brakes still work."""

from provisioning.domain.refusals import Refused
from provisioning.handlers.commands import BeginMaintenance, EndMaintenance
from provisioning.handlers.ports import Work


def begin_maintenance(work: Work, command: BeginMaintenance) -> None:
    """Raises Refused when it is on."""
    if not work.maintenance.begin(command.by, command.reason, work.now()):
        raise Refused("maintenance_on", "Maintenance is on already.")


def end_maintenance(work: Work, command: EndMaintenance) -> None:
    """What waits begins within a minute. Raises Refused if it is not on."""
    if not work.maintenance.end():
        raise Refused("maintenance_off", "There is no maintenance.")
