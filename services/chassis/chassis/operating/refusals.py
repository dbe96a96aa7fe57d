"""What operators' requests may be refused for, as problems."""

from collections.abc import Iterator
from contextlib import contextmanager

from chassis.http.problems import Problem
from chassis.messaging.consumer.operating import LaneNotParked, NoSuchHole
from chassis.messaging.consumer.skips import AlreadyAsked
from chassis.messaging.dead_letters.listing import NoSuchDeadLetter
from chassis.operating.settling import AlreadySettled


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
    except AlreadyAsked:
        raise Problem(409, "already_asked", "This record is to be skipped already.") from None
    except LaneNotParked:
        raise Problem(409, "lane_not_parked", "This lane is not parked.") from None
