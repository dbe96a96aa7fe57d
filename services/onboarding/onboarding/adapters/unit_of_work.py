"""One transaction of this service on PostgreSQL."""

from uuid import UUID

from sqlalchemy import Connection

from chassis.database.unit_of_work import EventSink, UnitOfWork
from chassis.identity.keyed_digests import KeyedDigests
from onboarding.adapters.repositories.access_plans import SqlAccessPlans
from onboarding.adapters.repositories.automatic_approvals import SqlAutomaticApprovals
from onboarding.adapters.repositories.drafts import SqlDrafts
from onboarding.adapters.repositories.figures import SqlFigures
from onboarding.adapters.repositories.imported_applications import SqlImportedApplications
from onboarding.adapters.repositories.links import SqlLinks
from onboarding.adapters.repositories.lists import SqlLists
from onboarding.adapters.repositories.mail_turns import SqlMailTurns
from onboarding.adapters.repositories.partners import SqlPartners
from onboarding.adapters.repositories.passkeys import SqlPasskeys
from onboarding.adapters.repositories.requests import SqlRequests
from onboarding.adapters.repositories.sessions import SqlSessions
from onboarding.adapters.repositories.timelines import SqlTimelines
from onboarding.domain.events import DraftEvent, LifecycleEvent
from onboarding.handlers.ports import Policies, Work

# The rows stay, so that the numbers have no gap; the address belongs to nobody (RFC 2606).
_FORGET = """
UPDATE outbox SET data = convert_to(jsonb_set(
    convert_from(data, 'UTF8')::jsonb, '{member}', (convert_from(data, 'UTF8')::jsonb -> 'member')
    || (SELECT jsonb_object_agg(key, value) FROM jsonb_each(
        '{"given_name": "-", "family_name": "-", "email": "forgotten@gangway.example"}')
        WHERE convert_from(data, 'UTF8')::jsonb -> 'member' ? key))::text, 'UTF8')
WHERE subject = %s AND topic = ANY(%s) AND record_headers IS NULL
    AND convert_from(data, 'UTF8')::jsonb #>> '{member,member_id}' = %s
"""


class OnboardingUnitOfWork(UnitOfWork, Work):
    """What handlers work with (`onboarding.handlers.ports.Work`), and lists to read."""

    def __init__(
        self,
        connection: Connection,
        events: EventSink,
        *,
        policies: Policies,
        digests: KeyedDigests,
    ) -> None:
        super().__init__(connection, events)
        self.policies = policies
        self.partners = SqlPartners(connection)
        self.automatic_approvals = SqlAutomaticApprovals(connection)
        self.access_plans = SqlAccessPlans(connection)
        self.links = SqlLinks(connection)
        self.drafts = SqlDrafts(connection)
        self.imported_applications = SqlImportedApplications(connection)
        self.mail_turns = SqlMailTurns(connection, digests)
        self.requests = SqlRequests(connection)
        self.sessions = SqlSessions(connection)
        self.passkeys = SqlPasskeys(connection)
        self.timelines = SqlTimelines(connection)
        self.lists = SqlLists(connection)
        self.figures = SqlFigures(connection)

    def forget_emitted(self, partner_id: UUID, member_id: UUID) -> None:
        """Remove name and address from all sent events about the person, which may be sent again."""
        topics = [LifecycleEvent.topic, DraftEvent.topic]
        self.connection.exec_driver_sql(_FORGET, (str(partner_id), topics, str(member_id)))

    def flush(self) -> None:
        """Write the gathered timeline, the events, and the jobs."""
        self.timelines.flush()
        super().flush()
