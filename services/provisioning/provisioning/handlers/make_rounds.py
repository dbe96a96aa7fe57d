"""Has the worker look at every grant whose time has come, some in each minute."""

from provisioning.handlers import jobs
from provisioning.handlers.ports import Work


def make_rounds(work: Work) -> int:
    """Return how many looks were begun; who is late because there are too many comes first next time."""
    due = work.grants.due_for_a_look(work.now(), work.policies.rounds.looks_per_minute)
    for grant_id in due:
        work.defer(jobs.advance_grant(grant_id, queueing_lock=f"look:{grant_id}"))
    return len(due)
