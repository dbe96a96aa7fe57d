"""The tasks of integrations' worker."""

from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from procrastinate import App

from chassis import clock
from chassis.database.jobs import Backoff
from chassis.database.session_locks import SessionLocks
from chassis.database.tasks import EVERY_MINUTE, Task, handled, jobs_app_of
from chassis.frozen import Command
from integrations.bootstrap import IntegrationsService
from integrations.entrypoints.sweeps.endpoint_warnings import warn_of_all_due
from integrations.handlers import commands, deliveries, jobs, verifying
from integrations.handlers.signing_in import forget_sign_ins, send_requested_link

STEPS_MOST = 1_000
_RETRY = Backoff(most_seconds=30)
# One transaction each; the arguments of the job are the ids of its command.
STEPS: Mapping[str, tuple[Callable[..., object], type[Command]]] = {
    jobs.CONTINUE_REPLAY: (deliveries.continue_replay, commands.ContinueReplay),
    jobs.HURRY_ENDPOINT: (deliveries.hurry, commands.HurryEndpoint),
    jobs.FORGET_ENDPOINT: (deliveries.forget_endpoint, commands.ForgetEndpoint),
    jobs.SEND_REQUESTED_LINK: (send_requested_link, commands.SendRequestedLink),
}


def create_jobs_app(service: IntegrationsService) -> App:
    return jobs_app_of(
        service.settings,
        {
            **{name: Task(handled(service.open_work, *step), retry=_RETRY) for name, step in STEPS.items()},
            jobs.ASK_ENDPOINT: Task(partial(_ask_endpoint, service), retry=_RETRY),
            jobs.CLEAN_UP: Task(partial(_clean_up, service), "*/10 * * * *"),
            jobs.TELL_OF_ENDPOINTS: Task(partial(warn_of_all_due, service), EVERY_MINUTE),
            jobs.FORGET_SIGN_INS: Task(partial(_forget_sign_ins, service), "23 * * * *"),
            jobs.RECONCILE_KAFKA: Task(service.reconcile_kafka_users, EVERY_MINUTE, _RETRY),
        },
    )


def _ask_endpoint(service: IntegrationsService, integrator_id: UUID, endpoint_id: UUID) -> None:
    command = commands.AskEndpoint(integrator_id=integrator_id, endpoint_id=endpoint_id)
    locks = SessionLocks(service.database.engine)
    verifying.ask_endpoint(service.open_work, service.challenger, locks, command)


def _clean_up(service: IntegrationsService) -> None:
    before = clock.now() - service.settings.retention
    for _ in range(STEPS_MOST):
        with service.open_work() as work:
            forgotten = deliveries.clean_up(work, commands.CleanUp(before=before))
        if not forgotten:
            break


def _forget_sign_ins(service: IntegrationsService) -> None:
    with service.open_work() as work:
        forget_sign_ins(work)
    service.counted_acts.forget(clock.now())
    service.sessions.forget_ended()
