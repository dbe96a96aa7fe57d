"""The tasks of integrations' worker."""

from collections.abc import Callable
from uuid import UUID

from procrastinate import App

from chassis import clock
from chassis.database.jobs import Backoff, build_jobs_app
from integrations.bootstrap import IntegrationsService
from integrations.entrypoints.sweeps.endpoint_warnings import tell_of_all_due
from integrations.handlers import commands, deliveries, jobs, verifying
from integrations.handlers.signing_in import forget_sign_ins, send_requested_link

STEPS_MOST = 1_000


# One transaction each; the arguments of the job are the ids of its command.
STEPS: dict[str, tuple[Callable[..., object], Callable[..., object]]] = {
    jobs.CONTINUE_REPLAY: (deliveries.continue_replay, commands.ContinueReplay),
    jobs.HURRY_ENDPOINT: (deliveries.hurry, commands.HurryEndpoint),
    jobs.FORGET_ENDPOINT: (deliveries.forget_endpoint, commands.ForgetEndpoint),
    jobs.SEND_REQUESTED_LINK: (send_requested_link, commands.SendRequestedLink),
}


def create_jobs_app(service: IntegrationsService) -> App:
    app = build_jobs_app(
        service.settings.database_url,
        service.settings.database_timeouts,
        application_name="integrations-worker",
    )

    for name, (handle, command) in STEPS.items():
        app.task(name=name, retry=Backoff(most_seconds=30))(_step(service, handle, command))

    @app.task(name=jobs.ASK_ENDPOINT, retry=Backoff(most_seconds=30))
    def ask_endpoint(integrator_id: str, endpoint_id: str) -> None:
        command = commands.AskEndpoint(integrator_id=UUID(integrator_id), endpoint_id=UUID(endpoint_id))
        verifying.ask_endpoint(service.open_work, service.challenger, command)

    @app.periodic(cron="*/10 * * * *")
    @app.task(name=jobs.CLEAN_UP, queueing_lock=jobs.CLEAN_UP)
    def clean_up_events(timestamp: int) -> None:
        before = clock.now() - service.settings.retention
        for _ in range(STEPS_MOST):
            with service.open_work() as work:
                forgotten = deliveries.clean_up(work, commands.CleanUp(before=before))
            if not forgotten:
                break

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.TELL_OF_ENDPOINTS, queueing_lock=jobs.TELL_OF_ENDPOINTS)
    def tell_of_endpoints(timestamp: int) -> None:
        tell_of_all_due(service)

    @app.periodic(cron="23 * * * *")
    @app.task(name=jobs.FORGET_SIGN_INS, queueing_lock=jobs.FORGET_SIGN_INS)
    def forget(timestamp: int) -> None:
        with service.open_work() as work:
            forget_sign_ins(work)
        service.counted_acts.forget(clock.now())
        service.sessions.forget_ended()

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.RECONCILE_KAFKA, queueing_lock=jobs.RECONCILE_KAFKA, retry=Backoff(most_seconds=30))
    def reconcile_kafka_users(timestamp: int = 0) -> None:
        service.reconcile_kafka_users()

    return app


def _step(
    service: IntegrationsService, handle: Callable[..., object], command: Callable[..., object]
) -> Callable[..., None]:
    def step(**ids: str) -> None:
        with service.open_work() as work:
            handle(work, command(**{name: UUID(value) for name, value in ids.items()}))

    return step
