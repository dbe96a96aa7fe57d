"""The tasks of onboarding's worker; each opens a transaction and calls one handler."""

from contextlib import suppress
from uuid import UUID

from procrastinate import App

from chassis import clock
from chassis.database.jobs import Backoff, build_jobs_app
from onboarding.adapters.approval_metrics import count_screened, warn_of_limits
from onboarding.bootstrap import OnboardingService
from onboarding.domain.refusals import PartnerUnknown
from onboarding.entrypoints.sweeps.erasing_drafts import erase_all_drafts
from onboarding.entrypoints.sweeps.erasing_partners import erase_all_due
from onboarding.entrypoints.sweeps.meeting_deadlines import meet_all_due
from onboarding.entrypoints.sweeps.publishing_states import publish_step
from onboarding.entrypoints.sweeps.sending_waiting_mails import send_all_due
from onboarding.handlers import jobs
from onboarding.handlers.commands import ScreenPartner, SendRequestedLink
from onboarding.handlers.forget import forget
from onboarding.handlers.request_link import send_requested_link
from onboarding.handlers.screen import screen

# Everything here needs the database only, so whatever fails is worth another try soon.
_RETRY = Backoff(most_seconds=60)


def create_jobs_app(service: OnboardingService) -> App:
    """Register the tasks."""
    app = build_jobs_app(
        service.settings.database_url,
        service.settings.database_timeouts,
        application_name="onboarding-worker",
    )

    @app.task(name=jobs.SCREEN, retry=_RETRY)
    def screen_partner(partner_id: str) -> None:
        # One that was erased meanwhile needs none.
        with suppress(PartnerUnknown):
            with service.open_work() as work:
                screened = screen(work, ScreenPartner(UUID(partner_id)))
                warn_of_limits(screened)
            count_screened(screened)

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.MEET_DEADLINES, queueing_lock=jobs.MEET_DEADLINES)
    def meet_deadlines(timestamp: int) -> None:
        meet_all_due(service)

    @app.task(name=jobs.SEND_REQUESTED_LINK, retry=_RETRY)
    def send_link(request_id: str) -> None:
        with service.open_work() as work:
            send_requested_link(work, SendRequestedLink(UUID(request_id)))

    @app.periodic(cron="* * * * *")
    @app.task(name=jobs.SEND_WAITING_MAILS, queueing_lock=jobs.SEND_WAITING_MAILS)
    def send_waiting_mails(timestamp: int) -> None:
        send_all_due(service)

    @app.periodic(cron="*/5 * * * *")
    @app.task(name=jobs.COUNT_FIGURES, queueing_lock=jobs.COUNT_FIGURES)
    def count_figures(timestamp: int) -> None:
        with service.open_work() as work:
            work.figures.count(work.now())

    @app.task(name=jobs.PUBLISH_STATES, retry=_RETRY)
    def publish_states(after: str | None = None) -> None:
        step = publish_step(service, UUID(after) if after else None)
        if step:
            with service.open_work() as work:
                work.defer(jobs.publish_states(step[-1]))

    @app.periodic(cron="17 * * * *")
    @app.task(name=jobs.FORGET_LINK_REQUESTS, queueing_lock=jobs.FORGET_LINK_REQUESTS)
    def forget_old(timestamp: int) -> None:
        with service.open_work() as work:
            forget(work)
        erase_all_drafts(service)
        service.counted_acts.forget(clock.now())
        service.sessions.forget_ended()

    @app.periodic(cron="41 * * * *")
    @app.task(name=jobs.ERASE_PARTNERS, queueing_lock=jobs.ERASE_PARTNERS)
    def erase_partners(timestamp: int) -> None:
        erase_all_due(service)

    return app
