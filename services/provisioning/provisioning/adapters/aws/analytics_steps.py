"""The steps of analytics."""

from provisioning.adapters.aws.athena_workgroup import AthenaWorkgroup
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted
from provisioning.adapters.aws.glue_database import GlueDatabase
from provisioning.adapters.aws.lake_formation import LakeFormationPermission
from provisioning.adapters.aws.quicksight_seats import QuickSightSeats
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.adapters.sorted_step import sorted_steps
from provisioning.adapters.step_shapes import PeopleLeave
from provisioning.handlers.ports import Step


def analytics_steps(aws: AwsClients, settings: OutsideSettings) -> list[Step]:
    namespace = settings.quicksight_namespace
    seats = QuickSightSeats(aws, namespace)
    return sorted_steps(
        aws_failures_sorted,
        AthenaWorkgroup(aws, settings.analytics_results_location),
        GlueDatabase(aws),
        LakeFormationPermission(aws, namespace),
        seats,
        PeopleLeave(seats.name, seats.observe, seats.undo, is_by_membership=True),
    )
