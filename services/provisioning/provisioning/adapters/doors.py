"""Where people come in, by product."""

from collections.abc import Mapping

from provisioning.adapters.aws.failures import aws_failures_sorted
from provisioning.adapters.aws.identity_center import IdentityCenterDoor
from provisioning.adapters.aws.quicksight_seats import QuickSightDoor, QuickSightSeats
from provisioning.adapters.crm_users import CrmDoor
from provisioning.adapters.outside import Outside
from provisioning.adapters.sorted_failures import with_sorted_failures
from provisioning.handlers.ports import Door


def doors(outside: Outside) -> Mapping[str, Door]:
    """Return the door of every product that has one. Reaches nothing yet."""
    seats = QuickSightSeats(outside.aws, outside.settings.quicksight_namespace)
    return {
        "cloud_sandbox": with_sorted_failures(aws_failures_sorted, IdentityCenterDoor(outside.aws)),
        "analytics": with_sorted_failures(aws_failures_sorted, QuickSightDoor(seats)),
        "crm": with_sorted_failures(outside.crm.failures_sorted, CrmDoor(outside.crm)),
    }
