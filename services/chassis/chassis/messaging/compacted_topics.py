"""Topics of which Kafka keeps the newest record of each subject, and what that means for who writes them."""

from chassis.database.deferred_jobs import Job
from chassis.frozen import Frozen


class CompactedTopics(Frozen):
    """The compacted topics that a service writes, by name.

    Their outbox rows are sent once and never again: an old snapshot behind a newer one would be taken for
    the truth. Who needs one again is sent what is true now: ``write_anew`` is the job that does so for
    all subjects; a relay that meets a new cluster queues it.
    """

    names: frozenset[str] = frozenset()
    write_anew: Job | None = None
