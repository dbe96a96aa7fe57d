"""One transaction of this service on PostgreSQL."""

from uuid import UUID

from sqlalchemy import Connection

from chassis.database.unit_of_work import EventSink, JobSink, UnitOfWork
from onboarding.adapters.access_plans import SqlAccessPlans
from onboarding.adapters.automatic_approvals import SqlAutomaticApprovals
from onboarding.adapters.keyed_digests import KeyedDigests
from onboarding.adapters.link_requests import SqlLinkRequests
from onboarding.adapters.links import SqlLinks
from onboarding.adapters.lists import Lists
from onboarding.adapters.mail_turns import SqlMailTurns
from onboarding.adapters.partners import SqlPartners
from onboarding.adapters.timelines import SqlTimelines
from onboarding.adapters.told_people import forget_told
from onboarding.handlers.ports import Policies


class SqlOnboardingWork(UnitOfWork):
    """What handlers work with (`onboarding.handlers.ports.OnboardingWork`), and lists to read."""

    def __init__(
        self,
        connection: Connection,
        events: EventSink,
        jobs: JobSink,
        *,
        policies: Policies,
        digests: KeyedDigests,
    ) -> None:
        super().__init__(connection, events, jobs)
        self.policies = policies
        self.partners = SqlPartners(connection)
        self.automatic_approvals = SqlAutomaticApprovals(connection)
        self.access_plans = SqlAccessPlans(connection)
        self.links = SqlLinks(connection)
        self.link_requests = SqlLinkRequests(connection)
        self.mail_turns = SqlMailTurns(connection, digests)
        self.timelines = SqlTimelines(connection)
        self.lists = Lists(connection)

    def forget_told(self, partner_id: UUID, member_id: UUID) -> None:
        forget_told(self.connection, partner_id, member_id)

    def flush(self) -> None:
        """Write the gathered timeline, the events, and the jobs."""
        self.timelines.flush()
        super().flush()
