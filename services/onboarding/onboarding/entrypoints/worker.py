"""The tasks of onboarding's worker."""

from contextlib import suppress
from functools import partial
from uuid import UUID

from procrastinate import App

from chassis import clock
from chassis.database.jobs import Backoff
from chassis.database.tasks import EVERY_MINUTE, Task, handled, jobs_app_of
from onboarding.adapters.approval_metrics import count_screened, warn_of_limits
from onboarding.bootstrap import OnboardingService
from onboarding.domain.refusals import PartnerUnknown
from onboarding.entrypoints.sweeps.erasing_drafts import erase_all_drafts
from onboarding.entrypoints.sweeps.erasing_partners import erase_all_due
from onboarding.entrypoints.sweeps.meeting_deadlines import meet_all_due
from onboarding.entrypoints.sweeps.publishing_states import publish_step
from onboarding.entrypoints.sweeps.reminding import remind_all_due
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
    send_link = handled(service.open_work, send_requested_link, SendRequestedLink)
    count_figures = handled(service.open_work, lambda work: work.figures.count(work.now()))
    return jobs_app_of(
        service.settings,
        {
            jobs.SCREEN: Task(partial(_screen, service), retry=_RETRY),
            jobs.SEND_REQUESTED_LINK: Task(send_link, retry=_RETRY),
            jobs.PUBLISH_STATES: Task(partial(_publish_states, service), retry=_RETRY),
            jobs.MEET_DEADLINES: Task(partial(meet_all_due, service), EVERY_MINUTE),
            jobs.REMIND: Task(partial(remind_all_due, service), EVERY_MINUTE),
            jobs.SEND_WAITING_MAILS: Task(partial(send_all_due, service), EVERY_MINUTE),
            jobs.COUNT_FIGURES: Task(count_figures, "*/5 * * * *"),
            jobs.FORGET_LINK_REQUESTS: Task(partial(_forget_old, service), "17 * * * *"),
            jobs.ERASE_PARTNERS: Task(partial(erase_all_due, service), "41 * * * *"),
        },
    )


def _screen(service: OnboardingService, partner_id: UUID) -> None:
    # One that was erased meanwhile needs none.
    with suppress(PartnerUnknown):
        with service.open_work() as work:
            screened = screen(work, ScreenPartner(partner_id))
            warn_of_limits(screened)
        count_screened(screened)


def _publish_states(service: OnboardingService, after: UUID | None = None) -> None:
    step = publish_step(service, after)
    if step:
        with service.open_work() as work:
            work.defer(jobs.publish_states(step[-1]))


def _forget_old(service: OnboardingService) -> None:
    with service.open_work() as work:
        forget(work)
    erase_all_drafts(service)
    service.counted_acts.forget(clock.now())
    service.sessions.forget_ended()
