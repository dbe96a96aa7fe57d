"""Lists analytics for a sweep: workgroups, databases, permissions, QuickSight's groups and seats."""

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

_listing = partial(aws_listing, product="analytics")


def analytics(aws: AwsClients, settings: OutsideSettings) -> list[Inventory]:
    """Permissions come first: if removal stops halfway, what is left grants no access."""
    namespace = settings.quicksight_namespace
    return [
        _permissions(aws, namespace),
        *_quicksight(aws, namespace),
        _listing(
            ThingKind.DATABASE,
            pages=listed(lambda: aws.read.glue, "get_databases", "DatabaseList"),
            seen=seen_as(itemgetter("Name")),
            look=lambda name: aws.read.glue.get_database(Name=name)["Database"],
            take_away=undone(GlueDatabase(aws)),
        ),
        _workgroups(aws, AthenaWorkgroup(aws, settings.analytics_results_location)),
    ]


def _permissions(aws: AwsClients, namespace: str) -> Inventory:
    permission = LakeFormationPermission(aws, namespace)

    def look(name: str) -> Any:
        """AWS lists what a principal may do resource by resource only; the step knows ours."""
        given = permission.observe(marks.order_of(name), {}).standing in (Standing.ON, Standing.DIFFERS)
        arn = QuickSightGroup(aws, namespace, name).arn
        return {"Principal": {"DataLakePrincipalIdentifier": arn}} if given else None

    def principal_of(found: Any) -> str:
        return str(found["Principal"]["DataLakePrincipalIdentifier"]).rsplit("/", 1)[-1]

    return _listing(
        ThingKind.DATA_PERMISSION,
        pages=listed(lambda: aws.read.lakeformation, "list_permissions", "PrincipalResourcePermissions"),
        seen=seen_as(principal_of),
        look=look,
        take_away=lambda thing: permission.freeze(marks.order_of(thing.outside_id), {}),
    )


def _quicksight(aws: AwsClients, namespace: str) -> list[Inventory]:
    read, write = aws.read, aws.write

    def which(**more: str) -> dict[str, Any]:
        return {"AwsAccountId": aws.caller.account_id, "Namespace": namespace, **more}

    return [
        _listing(
            ThingKind.QUICKSIGHT_USER,
            pages=listed(lambda: read.quicksight, "list_users", "UserList", which),
            seen=seen_as(itemgetter("UserName"), marks.of_partners),
            look=lambda name: read.quicksight.describe_user(**which(UserName=name))["User"],
            take_away=lambda thing: write.quicksight.delete_user(**which(UserName=thing.outside_id)),
        ),
        _listing(
            ThingKind.QUICKSIGHT_GROUP,
            pages=listed(lambda: read.quicksight, "list_groups", "GroupList", which),
            seen=seen_as(itemgetter("GroupName")),
            look=lambda name: read.quicksight.describe_group(**which(GroupName=name))["Group"],
            take_away=lambda thing: QuickSightGroup(aws, namespace, thing.outside_id).delete(),
        ),
    ]


def _workgroups(aws: AwsClients, workgroup: AthenaWorkgroup) -> Inventory:
    return _listing(
        ThingKind.WORKGROUP,
        pages=listed(lambda: aws.read.athena, "list_work_groups", "WorkGroups"),
        seen=seen_as(itemgetter("Name")),
        # For Athena an unknown name is an invalid request, not a missing resource.
        look=lambda name: {"Name": name} if workgroup.exists(name) else None,
        take_away=undone(workgroup),
    )
