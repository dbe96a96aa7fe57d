"""What operators' requests may be refused for, as problems."""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka.errors import KafkaError

from chassis.http.current_service import current_service
from chassis.http.problems import Problem
from chassis.messaging.consumer.accepting_loss import ConsumerRuns
from chassis.messaging.consumer.operating import LaneNotParked, NoSuchHole
from chassis.messaging.consumer.skips import AlreadyAsked
from chassis.messaging.dead_letters.listing import NoSuchDeadLetter
from chassis.messaging.watched_client import as_refusal
from chassis.operating.listening import NoSubscriptions
from chassis.operating.settling import AlreadySettled
from chassis.operating.stopped_consumer import TopicNotRead


@contextmanager
def refusals() -> Iterator[None]:
    """Inside the block these exceptions become problems."""
    try:
        yield
    except NoSuchDeadLetter:
        raise Problem(404, "not_found", "There is no such dead letter.") from None
    except AlreadySettled as error:
        raise Problem(409, "already_settled", str(error)) from None
    except NoSuchHole:
        raise Problem(409, "no_such_hole", "This lane has no hole of just these numbers.") from None
    except AlreadyAsked as error:
        raise Problem(409, "already_asked", str(error)) from None
    except LaneNotParked:
        raise Problem(409, "lane_not_parked", "This lane is not parked.") from None
    except NoSubscriptions as error:
        raise Problem(404, "not_found", str(error)) from None
    except TopicNotRead as error:
        raise Problem(422, "topic_not_read", str(error)) from None
    except ConsumerRuns as error:
        raise Problem(409, "consumer_runs", str(error)) from None
    except KafkaError as error:
        told = f"Kafka cannot be asked: {as_refusal(error, current_service().settings.kafka)}"
        raise Problem(503, "kafka_unavailable", told, headers={"Retry-After": "5"}) from error
