"""The blueprint of the operators' routes of every service, with what their requests may be refused for."""

from collections.abc import Mapping

from kafka.errors import KafkaError

from chassis.database.failed_jobs import NoSuchFailedJob
from chassis.http.current_service import current_service
from chassis.http.error_answers import ProblemMaker, handler_by
from chassis.http.openapi import ApiBlueprint
from chassis.http.problems import Problem, wrong_field
from chassis.messaging.consumer.accepting_loss import ConsumerRuns
from chassis.messaging.consumer.operating import LaneNotParked, NoSuchHole
from chassis.messaging.consumer.skips import AlreadyAsked
from chassis.messaging.dead_letters.listing import NoSuchDeadLetter
from chassis.messaging.watched_client import as_refusal
from chassis.operating.listening import NoSubscriptions
from chassis.operating.settling import AlreadySettled
from chassis.operating.stopped_consumer import NoSuchPartition, NotYetWritten, ReadAlready, TopicNotRead


def _kafka_unavailable(error: KafkaError) -> Problem:
    told = f"Kafka cannot be asked: {as_refusal(error, current_service().settings.kafka)}."
    return Problem(503, "kafka_unavailable", told, headers={"Retry-After": "5"})


_PROBLEMS: Mapping[type[Exception], ProblemMaker] = {
    NoSuchDeadLetter: lambda _: Problem(404, "not_found", "There is no such dead letter."),
    AlreadySettled: lambda error: Problem(409, "already_settled", str(error)),
    NoSuchFailedJob: lambda error: Problem(
        409, "no_such_failed_job", f"This is no failed job: {error}. It was done, runs, or was settled."
    ),
    NoSuchHole: lambda _: Problem(409, "no_such_hole", "This lane has no hole of just these numbers."),
    AlreadyAsked: lambda error: Problem(409, "already_asked", str(error)),
    LaneNotParked: lambda _: Problem(409, "lane_not_parked", "This lane is not parked."),
    NoSubscriptions: lambda error: Problem(404, "not_found", str(error)),
    TopicNotRead: lambda error: wrong_field(422, "topic_not_read", str(error), topic=str(error)),
    NoSuchPartition: lambda error: wrong_field(422, "no_such_partition", str(error), partition=str(error)),
    NotYetWritten: lambda error: wrong_field(422, "not_yet_written", str(error), offset=str(error)),
    ReadAlready: lambda error: wrong_field(409, "read_already", str(error), offset=str(error)),
    ConsumerRuns: lambda error: Problem(409, "consumer_runs", str(error)),
    KafkaError: _kafka_unavailable,
}


api = ApiBlueprint("events", __name__, description="Dead letters, parked lanes, sending again, failed jobs")
for _kind, _make_problem in _PROBLEMS.items():
    api.register_error_handler(_kind, handler_by(_make_problem))
