"""The jobs of this service by name; their arguments are ids only."""

from uuid import UUID

from chassis.database.deferred_jobs import Job

CONTINUE_REPLAY = "continue_replay"
CLEAN_UP = "clean_up_events"
FORGET_ENDPOINT = "forget_endpoint"
ASK_ENDPOINT = "ask_endpoint"
HURRY_ENDPOINT = "hurry_endpoint"
SEND_REQUESTED_LINK = "send_requested_link"
TELL_OF_ENDPOINTS = "tell_of_endpoints"
FORGET_SIGN_INS = "forget_sign_ins"
RECONCILE_KAFKA = "reconcile_kafka_users"


def reconcile_kafka_users() -> Job:
    """Reconcile all users of Kafka; one job waits at a time."""
    return Job(task=RECONCILE_KAFKA, queueing_lock=RECONCILE_KAFKA, is_urgent=True)


def continue_replay(replay_id: UUID) -> Job:
    """Process the next events of a replay; one job waits at a time."""
    return Job(
        task=CONTINUE_REPLAY,
        arguments={"replay_id": str(replay_id)},
        queueing_lock=f"replay/{replay_id}",
    )


def forget_endpoint(endpoint_id: UUID) -> Job:
    """Delete the deliveries of a removed endpoint."""
    return Job(task=FORGET_ENDPOINT, arguments={"endpoint_id": str(endpoint_id)})


def ask_endpoint(integrator_id: UUID, endpoint_id: UUID) -> Job:
    """Ask the address of an endpoint whether it wants our events."""
    ids = {"integrator_id": str(integrator_id), "endpoint_id": str(endpoint_id)}
    return Job(task=ASK_ENDPOINT, arguments=ids, is_urgent=True)


def send_requested_link(request_id: UUID) -> Job:
    """Look up the people behind an address, and have links sent."""
    return Job(task=SEND_REQUESTED_LINK, arguments={"request_id": str(request_id)}, is_urgent=True)


def hurry_endpoint(endpoint_id: UUID) -> Job:
    """Have more of the deliveries that wait for a retry sent now."""
    return Job(task=HURRY_ENDPOINT, arguments={"endpoint_id": str(endpoint_id)})
