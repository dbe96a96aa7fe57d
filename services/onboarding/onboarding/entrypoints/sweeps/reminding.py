"""All who are to be reminded of a deadline, each in a transaction of its own."""

from chassis.running.sweep import sweep_by
from onboarding.bootstrap import OnboardingService
from onboarding.domain.states import WAITS_FOR, State
from onboarding.handlers.commands import RemindContact, RemindPerson
from onboarding.handlers.remind import remind_contact, remind_person

PER_PAGE = 200


def remind_all_due(service: OnboardingService) -> int:
    """Remind contacts and named people whose time is nearly over; return how many were looked at."""
    return sum(_remind_contacts(service, state) for state in WAITS_FOR) + _remind_people(service)


def _remind_contacts(service: OnboardingService, state: State) -> int:
    deadlines = service.policies.deadlines
    return sweep_by(
        service.open_work,
        lambda work, after: work.lists.to_remind(state, work.now(), deadlines, PER_PAGE, after),
        lambda work, due: remind_contact(work, RemindContact(due.partner_id)),
    )


def _remind_people(service: OnboardingService) -> int:
    lifetime = service.policies.membership_link_lifetime
    asked_before = lifetime * (1 - service.policies.deadlines.share_left)
    return sweep_by(
        service.open_work,
        lambda work, after: work.lists.unanswered(
            work.now() - lifetime, work.now() - asked_before, PER_PAGE, after
        ),
        lambda work, asked: remind_person(
            work, RemindPerson(partner_id=asked.partner_id, member_id=asked.member_id)
        ),
    )
