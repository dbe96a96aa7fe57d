"""The tasks of provisioning's worker."""

from uuid import UUID

from procrastinate import App

from chassis.database.jobs import URGENT, Backoff, build_jobs_app
from chassis.service import Service
from provisioning.adapters.stuck_metric import STUCK
from provisioning.bootstrap import ProvisioningService
from provisioning.entrypoints.sweeps.following_leases import follow_all_due
from provisioning.handlers import jobs
from provisioning.handlers.make_rounds import make_rounds


def create_jobs_app(service: Service) -> App:
    """Failures of a step are recorded on the grant; the task fails only by a fault of ours."""
    if not isinstance(service, ProvisioningService):
        raise TypeError(f"not provisioning: {service.name}")
    advance = service.advance_grant  # wired now, so that a missing step stops the start
    app = build_jobs_app(
        service.settings.database_url,
        service.settings.database_timeouts,
        application_name="provisioning-worker",
    )

    @app.task(name=jobs.ADVANCE_GRANT, retry=Backoff(most_seconds=30))
    def advance_grant(grant_id: str) -> None:
        advance(UUID(grant_id))

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.MAKE_ROUNDS, queueing_lock=jobs.MAKE_ROUNDS)
    def make_all_rounds(timestamp: int) -> None:
        with service.open_work() as work:
            make_rounds(work)
            counts = work.grants.count_stuck()
        STUCK.show(counts)

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.FOLLOW_LEASES, queueing_lock=jobs.FOLLOW_LEASES, priority=URGENT)
    def follow_leases(timestamp: int) -> None:
        follow_all_due(service)

    return app
