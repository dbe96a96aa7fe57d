"""The tasks of provisioning's worker."""

from collections import Counter
from collections.abc import Callable, Mapping
from uuid import UUID

from procrastinate import App

from chassis import clock
from chassis.database.deferred_jobs import URGENT
from chassis.database.jobs import Backoff, build_jobs_app
from provisioning.adapters.counted_metrics import BLIND, FOUND, RESULTS, SPENDING, STUCK, show_pool
from provisioning.adapters.unit_of_work import ProvisioningUnitOfWork
from provisioning.bootstrap import ProvisioningService
from provisioning.entrypoints.sweeps.following_leases import follow_all_due
from provisioning.handlers import jobs
from provisioning.handlers.erasure_events import remove_settled
from provisioning.handlers.idle_accounts import watch_idle_accounts
from provisioning.handlers.kept_results import delete_due_results
from provisioning.handlers.make_rounds import make_rounds
from provisioning.handlers.reading_bills import begin_reading
from provisioning.handlers.spending import watch_spending
from provisioning.handlers.sweep_outside import begin_sweeps
from provisioning.handlers.tend_pool import tend_pool


def create_jobs_app(service: ProvisioningService) -> App:
    """Failures of a step are recorded on the grant; the task fails only by a fault of ours."""
    app = build_jobs_app(
        service.settings.database_url,
        service.settings.database_timeouts,
        application_name="provisioning-worker",
    )

    about_one: Mapping[str, Callable[[UUID], None]] = {
        jobs.ADVANCE_GRANT: service.advance_grant,  # wired now, so that a missing step stops the start
        jobs.ADVANCE_ACCOUNT: service.advance_account,
        jobs.LOOK_AT_SPENDING: service.look_at_spending,
        jobs.LOOK_AT_IDLE_ACCOUNT: service.look_at_idle_account,
        jobs.DELETE_RESULTS: service.delete_results,
        jobs.REMOVE_FINDING: service.remove_from_outside,
    }
    for name, act in about_one.items():
        app.task(name=name, retry=Backoff(most_seconds=30))(_given_an_id(act))

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.MAKE_ROUNDS, queueing_lock=jobs.MAKE_ROUNDS)
    def make_all_rounds(timestamp: int) -> None:
        with service.open_work() as work:
            make_rounds(work)
            delete_due_results(work)
            _show_counts(work)
        with service.open_work() as work:
            remove_settled(work)
        service.counted_acts.forget(clock.now())

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.FOLLOW_LEASES, queueing_lock=jobs.FOLLOW_LEASES, priority=URGENT)
    def follow_leases(timestamp: int) -> None:
        follow_all_due(service)

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.BEGIN_SWEEPS, queueing_lock=jobs.BEGIN_SWEEPS)
    def begin_all_sweeps(timestamp: int) -> None:
        with service.open_work() as work:
            begin_sweeps(work)

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.WATCH_SPENDING, queueing_lock=jobs.WATCH_SPENDING, priority=URGENT)
    def watch_all_spending(timestamp: int) -> None:
        with service.open_work() as work:
            watch_spending(work)
            watch_idle_accounts(work)
            begin_reading(work)
            blind = Counter(work.meters.count_blind()) + Counter(work.idle_accounts.count_blind(work.now()))
            spending = work.meters.usd_per_hour() | work.idle_accounts.usd_per_hour()
        BLIND.show(blind)
        SPENDING.show(spending)

    @app.task(name=jobs.READ_BILLS, queueing_lock=jobs.READ_BILLS, retry=Backoff(most_seconds=30))
    def read_bills() -> None:
        service.read_bills()

    @app.task(name=jobs.SWEEP_OUTSIDE, queueing_lock=jobs.SWEEP_OUTSIDE, retry=Backoff(most_seconds=30))
    def sweep_outside() -> None:
        service.sweep_outside()

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.TEND_POOL, queueing_lock=jobs.TEND_POOL)
    def tend_all_of_pool(timestamp: int) -> None:
        with service.open_work() as work:
            tend_pool(work)
            now = work.now()
            figures = work.accounts.figures(work.policies.pool, now)
        show_pool(figures, now)

    return app


def _given_an_id(act: Callable[[UUID], None]) -> Callable[..., None]:
    def run(**which: str) -> None:
        [one] = which.values()
        act(UUID(one))

    return run


def _show_counts(work: ProvisioningUnitOfWork) -> None:
    STUCK.show(work.grants.count_stuck())
    FOUND.show(work.findings.count())
    RESULTS.show(work.kept_results.count_late(work.now()))
