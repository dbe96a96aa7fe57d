"""Provisioning's transaction: the chassis' unit of work with our repositories."""

from sqlalchemy import Connection

from chassis.database.operators_log import note_action
from chassis.database.unit_of_work import EventSink, UnitOfWork
from provisioning.adapters.repositories.accounts import SqlAccounts
from provisioning.adapters.repositories.device_claims import SqlDeviceClaims
from provisioning.adapters.repositories.erased_partners import SqlErasedPartners
from provisioning.adapters.repositories.findings import SqlFindings
from provisioning.adapters.repositories.grants import SqlGrants
from provisioning.adapters.repositories.idle_accounts import SqlIdleAccounts
from provisioning.adapters.repositories.kept_results import SqlKeptResults
from provisioning.adapters.repositories.maintenance import SqlMaintenance
from provisioning.adapters.repositories.meters import SqlMeters
from provisioning.adapters.repositories.partners import SqlPartners
from provisioning.adapters.repositories.seats import SqlSeats
from provisioning.adapters.repositories.spend import SqlSpend
from provisioning.adapters.repositories.sweeps import SqlSweeps
from provisioning.handlers.ports import Policies, Work


class ProvisioningUnitOfWork(UnitOfWork, Work):
    """Implements the port `Work`."""

    def __init__(self, connection: Connection, events: EventSink, *, policies: Policies) -> None:
        super().__init__(connection, events)
        self.policies = policies
        self.partners = SqlPartners(connection)
        self.erased_partners = SqlErasedPartners(connection)
        self.grants = SqlGrants(connection, policies.catalogue.products)
        self.device_claims = SqlDeviceClaims(connection)
        self.seats = SqlSeats(connection)
        self.sweeps = SqlSweeps(connection)
        self.findings = SqlFindings(connection)
        self.accounts = SqlAccounts(connection)
        self.maintenance = SqlMaintenance(connection)
        self.meters = SqlMeters(connection)
        self.idle_accounts = SqlIdleAccounts(connection)
        self.kept_results = SqlKeptResults(connection)
        self.spend = SqlSpend(connection)

    def note_act(self, actor: str, action: str, target: str) -> None:
        note_action(self.connection, actor=actor, action=action, target=target)
