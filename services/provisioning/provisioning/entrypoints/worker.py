"""The tasks of provisioning's worker."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from procrastinate import App

from chassis import clock
from chassis.database.jobs import Backoff
from chassis.database.tasks import EVERY_MINUTE, Task, handled, jobs_app_of
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

_RETRY = Backoff(most_seconds=30)


def create_jobs_app(service: ProvisioningService) -> App:
    """Failures of a step are recorded on the grant; the task fails only by a fault of ours."""
    about_one: Mapping[str, Callable[[UUID], None]] = {
        jobs.ADVANCE_GRANT: service.advance_grant,  # wired now, so that a missing step stops the start
        jobs.ADVANCE_ACCOUNT: service.advance_account,
        jobs.LOOK_AT_SPENDING: service.look_at_spending,
        jobs.LOOK_AT_IDLE_ACCOUNT: service.look_at_idle_account,
        jobs.DELETE_RESULTS: service.delete_results,
        jobs.REMOVE_FINDING: service.remove_from_outside,
    }
    return jobs_app_of(
        service.settings,
        {
            **{name: Task(act, retry=_RETRY) for name, act in about_one.items()},
            jobs.READ_BILLS: Task(service.read_bills, retry=_RETRY, waits_once=True),
            jobs.SWEEP_OUTSIDE: Task(service.sweep_outside, retry=_RETRY, waits_once=True),
            jobs.MAKE_ROUNDS: Task(partial(_make_rounds, service), EVERY_MINUTE),
            jobs.FOLLOW_LEASES: Task(partial(follow_all_due, service), EVERY_MINUTE, is_urgent=True),
            jobs.BEGIN_SWEEPS: Task(handled(service.open_work, begin_sweeps), EVERY_MINUTE),
            jobs.WATCH_SPENDING: Task(partial(_watch_spending, service), EVERY_MINUTE, is_urgent=True),
            jobs.TEND_POOL: Task(partial(_tend_pool, service), EVERY_MINUTE),
        },
    )


def _make_rounds(service: ProvisioningService) -> None:
    with service.open_work() as work:
        make_rounds(work)
        delete_due_results(work)
        _show_counts(work)
    with service.open_work() as work:
        remove_settled(work)
    service.counted_acts.forget(clock.now())


def _show_counts(work: ProvisioningUnitOfWork) -> None:
    STUCK.show(work.grants.count_stuck())
    FOUND.show(work.findings.count())
    RESULTS.show(work.kept_results.count_late(work.now()))


def _watch_spending(service: ProvisioningService) -> None:
    with service.open_work() as work:
        watch_spending(work)
        watch_idle_accounts(work)
        begin_reading(work)
        blind = Counter(work.meters.count_blind()) + Counter(work.idle_accounts.count_blind(work.now()))
        spending = work.meters.usd_per_hour() | work.idle_accounts.usd_per_hour()
    BLIND.show(blind)
    SPENDING.show(spending)


def _tend_pool(service: ProvisioningService) -> None:
    with service.open_work() as work:
        tend_pool(work)
        now = work.now()
        figures = work.accounts.figures(work.policies.pool, now)
    show_pool(figures, now)
