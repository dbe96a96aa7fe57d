"""One transaction of this service on PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from chassis.unit_of_work import EventSink, JobSink, UnitOfWork
from onboarding.adapters.access_plans import SqlAccessPlans
from onboarding.adapters.link_requests import SqlLinkRequests
from onboarding.adapters.links import SqlLinks
from onboarding.adapters.lists import Lists
from onboarding.adapters.partners import SqlPartners
from onboarding.adapters.timelines import SqlTimelines
from onboarding.handlers.ports import Policies


class SqlOnboardingWork(UnitOfWork):
    """What handlers work with (`onboarding.handlers.ports.OnboardingWork`), and lists to read."""

    def __init__(
        self, connection: Connection, events: EventSink, jobs: JobSink, *, policies: Policies
    ) -> None:
        super().__init__(connection, events, jobs)
        self.policies = policies
        self.partners = SqlPartners(connection)
        self.access_plans = SqlAccessPlans(connection)
        self.links = SqlLinks(connection)
        self.link_requests = SqlLinkRequests(connection)
        self.timelines = SqlTimelines(connection)
        self.lists = Lists(connection)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def flush(self) -> None:
        """Write the gathered timeline, the events and the jobs."""
        self.timelines.flush()
        super().flush()
