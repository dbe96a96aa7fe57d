"""The jobs of this service by name; their arguments are ids only."""

from uuid import UUID

from chassis.database.unit_of_work import Job

CONTINUE_REPLAY = "continue_replay"
CLEAN_UP = "clean_up_events"
RECONCILE_KAFKA = "reconcile_kafka_users"


def reconcile_kafka_users() -> Job:
    """Make the users of Kafka what they should be, all of them; one waits at a time."""
    return Job(task=RECONCILE_KAFKA, queueing_lock=RECONCILE_KAFKA, is_urgent=True)


def continue_replay(replay_id: UUID) -> Job:
    """Look at the next events of a replay; one waits at a time."""
    return Job(
        task=CONTINUE_REPLAY,
        arguments={"replay_id": str(replay_id)},
        queueing_lock=f"replay/{replay_id}",
    )
