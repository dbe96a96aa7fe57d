"""Analytics as a sweep lists it: workgroups, databases, permissions, QuickSight's groups and seats."""

from functools import partial
from operator import itemgetter
from typing import Any

from provisioning.adapters.aws import marks
from provisioning.adapters.aws.athena_workgroup import AthenaWorkgroup
from provisioning.adapters.aws.aws_listing import aws_listing, listed, seen_as, undone
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.glue_database import GlueDatabase
from provisioning.adapters.aws.lake_formation import LakeFormationPermission
from provisioning.adapters.aws.quicksight_group import QuickSightGroup
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.domain.findings import ThingKind
from provisioning.domain.standings import Standing
from provisioning.handlers.ports import Inventory


def analytics(aws: AwsClients, settings: OutsideSettings) -> list[Inventory]:
    """What opens data first: who leaves half of it to be removed is left with what opens nothing."""
    namespace = settings.quicksight_namespace
    workgroup = AthenaWorkgroup(aws, settings.analytics_results_location)
    permission = LakeFormationPermission(aws, namespace)

    def which(**more: str) -> dict[str, Any]:
        return {"AwsAccountId": aws.caller.account_id, "Namespace": namespace, **more}

    listing = partial(aws_listing, product="analytics")

    def look_at_permission(name: str) -> Any:
        """AWS tells what a principal may do only resource by resource; the step knows ours."""
        given = permission.observe(marks.order_of(name), {}).standing in (Standing.ON, Standing.DIFFERS)
        arn = QuickSightGroup(aws, namespace, name).arn
        return {"Principal": {"DataLakePrincipalIdentifier": arn}} if given else None

    def look_at_workgroup(name: str) -> Any:
        """Athena calls what is not there an invalid request."""
        return {"Name": name} if workgroup.exists(name) else None

    def principal_of(found: Any) -> str:
        return str(found["Principal"]["DataLakePrincipalIdentifier"]).rsplit("/", 1)[-1]

    read, write = aws.read, aws.write
    return [
        listing(
            ThingKind.DATA_PERMISSION,
            pages=listed(lambda: read.lakeformation, "list_permissions", "PrincipalResourcePermissions"),
            seen=seen_as(principal_of),
            look=look_at_permission,
            take_away=lambda thing: permission.freeze(marks.order_of(thing.outside_id), {}),
        ),
        listing(
            ThingKind.QUICKSIGHT_USER,
            pages=listed(lambda: read.quicksight, "list_users", "UserList", which),
            seen=seen_as(itemgetter("UserName"), marks.of_partners),
            look=lambda name: read.quicksight.describe_user(**which(UserName=name))["User"],
            take_away=lambda thing: write.quicksight.delete_user(**which(UserName=thing.outside_id)),
        ),
        listing(
            ThingKind.QUICKSIGHT_GROUP,
            pages=listed(lambda: read.quicksight, "list_groups", "GroupList", which),
            seen=seen_as(itemgetter("GroupName")),
            look=lambda name: read.quicksight.describe_group(**which(GroupName=name))["Group"],
            take_away=lambda thing: QuickSightGroup(aws, namespace, thing.outside_id).delete(),
        ),
        listing(
            ThingKind.DATABASE,
            pages=listed(lambda: read.glue, "get_databases", "DatabaseList"),
            seen=seen_as(itemgetter("Name")),
            look=lambda name: read.glue.get_database(Name=name)["Database"],
            take_away=undone(GlueDatabase(aws)),
        ),
        listing(
            ThingKind.WORKGROUP,
            pages=listed(lambda: read.athena, "list_work_groups", "WorkGroups"),
            seen=seen_as(itemgetter("Name")),
            look=look_at_workgroup,
            take_away=undone(workgroup),
        ),
    ]
