"""The transaction that handlers work in, with this service's records."""

from sqlalchemy import Connection

from chassis.database.unit_of_work import EventSink, UnitOfWork
from integrations.adapters.repositories.api_tokens import SqlApiTokens
from integrations.adapters.repositories.consents import SqlConsents
from integrations.adapters.repositories.deliveries import SqlDeliveries
from integrations.adapters.repositories.endpoint_health import SqlEndpointHealth
from integrations.adapters.repositories.endpoints import SqlEndpoints
from integrations.adapters.repositories.events import SqlEvents
from integrations.adapters.repositories.integrator_log import SqlIntegratorLog
from integrations.adapters.repositories.integrators import SqlIntegrators
from integrations.adapters.repositories.kafka_user_rows import SqlKafkaUserRows
from integrations.adapters.repositories.link_requests import SqlLinkRequests
from integrations.adapters.repositories.partners import SqlPartners
from integrations.adapters.repositories.people import SqlPeople
from integrations.adapters.repositories.quota_uses import SqlQuotaUses
from integrations.adapters.repositories.replays import SqlReplays
from integrations.adapters.repositories.sign_in_links import SqlSignInLinks
from integrations.handlers.ports import Policies, Work


class IntegrationsUnitOfWork(UnitOfWork, Work):
    """A unit of work with integrators, their endpoints, events and deliveries."""

    def __init__(
        self,
        connection: Connection,
        events: EventSink,
        *,
        policies: Policies,
        type_prefix: str,
    ) -> None:
        super().__init__(connection, events)
        self.policies = policies
        self.partners = SqlPartners(connection)
        self.integrators = SqlIntegrators(connection)
        self.consents = SqlConsents(connection)
        self.integrator_log = SqlIntegratorLog(connection)
        self.people = SqlPeople(connection)
        self.link_requests = SqlLinkRequests(connection)
        self.sign_in_links = SqlSignInLinks(connection)
        self.api_tokens = SqlApiTokens(connection)
        self.kafka_users = SqlKafkaUserRows(connection)
        self.endpoints = SqlEndpoints(connection)
        self.endpoint_health = SqlEndpointHealth(connection)
        self.events = SqlEvents(connection, type_prefix)
        self.deliveries = SqlDeliveries(connection, policies.lease)
        self.replays = SqlReplays(connection)
        self.quota_uses = SqlQuotaUses(connection)

    def flush(self) -> None:
        self.events.flush()
        super().flush()
