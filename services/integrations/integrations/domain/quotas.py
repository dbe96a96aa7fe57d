"""How often an integrator may do something, so that a program in a loop cannot fill the database."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

WINDOW = timedelta(hours=1)


class Act(StrEnum):
    """Counted acts, per integrator and hour."""

    TEST = "test"
    RETRY = "retry"
    REPLAY = "replay"
    CHANGE = "change"
    PERSON = "person"


Quotas = Mapping[Act, int]
