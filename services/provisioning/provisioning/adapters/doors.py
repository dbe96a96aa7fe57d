"""Where people come in, by product."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from provisioning.adapters.aws.failures import aws_failures_sorted
from provisioning.adapters.aws.identity_center import IdentityCenterDoor
from provisioning.adapters.aws.quicksight_seats import QuickSightDoor, QuickSightSeats
from provisioning.adapters.crm_users import CrmDoor
from provisioning.adapters.outside import Outside
from provisioning.domain.orders import GrantOrder, Member
from provisioning.handlers.ports import Door, Outputs, WayIn


class SortedDoor:
    """A door whose errors leave it as NotNow or NeverPossible."""

    def __init__(self, door: Door, failures_sorted: Callable[[], AbstractContextManager[None]]) -> None:
        self._door = door
        self._failures_sorted = failures_sorted

    def ways_in(self, order: GrantOrder, outputs: Outputs) -> list[WayIn]:
        with self._failures_sorted():
            return self._door.ways_in(order, outputs)

    def registration_address(self, order: GrantOrder, outputs: Outputs, member: Member) -> str:
        with self._failures_sorted():
            return self._door.registration_address(order, outputs, member)


def doors(outside: Outside) -> Mapping[str, Door]:
    """Return the door of every product that has one. Reaches nothing yet."""
    seats = QuickSightSeats(outside.aws, outside.settings.quicksight_namespace)
    return {
        "cloud_sandbox": SortedDoor(IdentityCenterDoor(outside.aws), aws_failures_sorted),
        "analytics": SortedDoor(QuickSightDoor(seats), aws_failures_sorted),
        "crm": SortedDoor(CrmDoor(outside.crm), outside.crm.failures_sorted),
    }
