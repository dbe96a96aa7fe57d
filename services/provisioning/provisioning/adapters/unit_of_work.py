"""Provisioning's transaction: the chassis' unit of work with our repositories."""

from sqlalchemy import Connection

from chassis.database.operators_log import note_action
from chassis.database.unit_of_work import EventSink, JobSink, UnitOfWork
from provisioning.adapters.grant_rows import GrantRows
from provisioning.adapters.partner_rows import PartnerRows
from provisioning.adapters.seat_rows import SeatRows


class ProvisioningUnitOfWork(UnitOfWork):
    """Implements the port `ProvisioningWork`."""

    def __init__(self, connection: Connection, events: EventSink, jobs: JobSink) -> None:
        super().__init__(connection, events, jobs)
        self.partners = PartnerRows(connection)
        self.grants = GrantRows(connection)
        self.seats = SeatRows(connection)

    def note_act(self, actor: str, action: str, target: str) -> None:
        note_action(self.connection, actor=actor, action=action, target=target)
