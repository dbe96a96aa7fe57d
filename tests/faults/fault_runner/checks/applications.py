"""Every application that a client saw accepted exists exactly once, and came to its end."""

from collections import Counter
from collections.abc import Iterator

from fault_runner.checks.difference import Difference, Kind
from fault_runner.facts import Facts


def check_applications(facts: Facts) -> Iterator[Difference]:
    """Compare the clients' evidence with onboarding's table."""
    accepted = Counter(application.partner_id for application in facts.applications)
    for application in facts.applications:
        state = facts.partners.get(application.partner_id)
        name = f"application {application.registration_number} ({application.partner_id})"
        if state is None:
            yield Difference(Kind.LOST, f"{name} was accepted and is not there")
        elif state != application.outcome:
            yield Difference(Kind.UNSETTLED, f"{name} is {state}, expected {application.outcome}")
    for partner_id in facts.partners.keys() - accepted.keys():
        yield Difference(Kind.DOUBLED, f"partner {partner_id} is there and no client was told so")
    for number, times in Counter(facts.registrations).items():
        if times > 1:
            yield Difference(Kind.DOUBLED, f"registration {number} is there {times} times")
    for words in (*facts.stuck_stories, *facts.unsettled, *facts.dead_letters, *facts.failed_jobs):
        yield Difference(Kind.UNSETTLED, words)
