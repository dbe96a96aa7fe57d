"""Maintenance: nothing new is begun as long as an operator says so; brakes work all the same."""

from provisioning.domain.refusals import MaintenanceNotToBeChanged
from provisioning.handlers.commands import BeginMaintenance, EndMaintenance
from provisioning.handlers.ports import Work


def begin_maintenance(work: Work, command: BeginMaintenance) -> None:
    """Raises MaintenanceNotToBeChanged when it is on."""
    if not work.maintenance.begin(command.by, command.reason, work.now()):
        raise MaintenanceNotToBeChanged("maintenance_on", "Maintenance is on already.")


def end_maintenance(work: Work, command: EndMaintenance) -> None:
    """What waits begins again within a minute. Raises MaintenanceNotToBeChanged when it is not on."""
    if not work.maintenance.end():
        raise MaintenanceNotToBeChanged("maintenance_off", "There is no maintenance.")
