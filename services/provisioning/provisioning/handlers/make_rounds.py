"""Has the worker observe every grant that is due, some in each minute."""

from provisioning.handlers import jobs
from provisioning.handlers.ports import Work


def make_rounds(work: Work) -> int:
    """Return how many looks were begun; those left over come first next time."""
    due = work.grants.due_for_a_look(work.now(), work.policies.rounds.looks_per_minute)
    for grant_id in due:
        work.defer(jobs.advance_grant(grant_id, queueing_lock=f"look:{grant_id}"))
    return len(due)
