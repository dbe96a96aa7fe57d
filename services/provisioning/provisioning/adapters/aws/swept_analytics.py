"""Analytics as a sweep lists it: workgroups, databases, permissions, QuickSight's groups and seats."""

from collections.abc import Callable
from typing import Any

from provisioning.adapters.aws import marks
from provisioning.adapters.aws.athena_workgroup import AthenaWorkgroup
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import aws_failures_sorted, tolerated
from provisioning.adapters.aws.glue_database import GlueDatabase
from provisioning.adapters.aws.lake_formation import LakeFormationPermission
from provisioning.adapters.aws.quicksight_group import QuickSightGroup
from provisioning.adapters.listing import Listing, Seen, listed
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.domain.standings import Standing
from provisioning.handlers.ports import Inventory

_GONE = {"ResourceNotFoundException", "EntityNotFoundException"}


def analytics(aws: AwsClients, settings: OutsideSettings) -> list[Inventory]:
    """What opens data first: who leaves half of it to be removed is left with what opens nothing."""
    namespace, database = settings.quicksight_namespace, GlueDatabase(aws)
    workgroup = AthenaWorkgroup(aws, settings.analytics_results_location)
    permission = LakeFormationPermission(aws, namespace)

    def which(**more: str) -> dict[str, Any]:
        return {"AwsAccountId": aws.caller.account_id, "Namespace": namespace, **more}

    def listing(
        kind: ThingKind,
        pages: Callable[..., Any],
        name_of: Callable[[Any], str],
        look: Callable[[str], Any],
        take_away: Callable[[Thing], None],
        *,
        mark_of: Callable[[str], Mark | None] = marks.of_partner,
    ) -> Inventory:
        def seen(answer: Any) -> Seen | None:
            mark = mark_of(name_of(answer))
            return Seen(name_of(answer), mark) if mark else None

        return Listing(
            kind=kind,
            product="analytics",
            pages=pages,
            seen=seen,
            look=lambda name: _unless_gone(lambda: look(name)),
            take_away=take_away,
            sorting=aws_failures_sorted,
        )

    def delete_seat(thing: Thing) -> None:
        _unless_gone(lambda: aws.write.quicksight.delete_user(**which(UserName=thing.outside_id)))

    def look_at_permission(name: str) -> Any:
        """AWS tells what a principal may do only resource by resource; the step knows ours."""
        given = permission.observe(marks.order_of(name), {}).standing in (Standing.ON, Standing.DIFFERS)
        arn = QuickSightGroup(aws, namespace, name).arn
        return {"Principal": {"DataLakePrincipalIdentifier": arn}} if given else None

    def look_at_workgroup(name: str) -> Any:
        """Athena calls what is not there an invalid request."""
        return {"Name": name} if workgroup.exists(name) else None

    return [
        listing(
            ThingKind.DATA_PERMISSION,
            listed(lambda: aws.read.lakeformation, "list_permissions", "PrincipalResourcePermissions"),
            lambda found: found["Principal"]["DataLakePrincipalIdentifier"].rsplit("/", 1)[-1],
            look_at_permission,
            lambda thing: permission.freeze(marks.order_of(thing.outside_id), {}),
        ),
        listing(
            ThingKind.QUICKSIGHT_USER,
            listed(lambda: aws.read.quicksight, "list_users", "UserList", which),
            lambda user: user["UserName"],
            lambda name: aws.read.quicksight.describe_user(**which(UserName=name))["User"],
            delete_seat,
            mark_of=marks.of_partners,
        ),
        listing(
            ThingKind.QUICKSIGHT_GROUP,
            listed(lambda: aws.read.quicksight, "list_groups", "GroupList", which),
            lambda group: group["GroupName"],
            lambda name: aws.read.quicksight.describe_group(**which(GroupName=name))["Group"],
            lambda thing: QuickSightGroup(aws, namespace, thing.outside_id).delete(),
        ),
        listing(
            ThingKind.DATABASE,
            listed(lambda: aws.read.glue, "get_databases", "DatabaseList"),
            lambda found: found["Name"],
            lambda name: aws.read.glue.get_database(Name=name)["Database"],
            lambda thing: database.undo(marks.order_of(thing.outside_id), {}),
        ),
        listing(
            ThingKind.WORKGROUP,
            listed(lambda: aws.read.athena, "list_work_groups", "WorkGroups"),
            lambda found: found["Name"],
            look_at_workgroup,
            lambda thing: workgroup.undo(marks.order_of(thing.outside_id), {}),
        ),
    ]


def _unless_gone(ask: Callable[[], Any]) -> Any:
    with tolerated(*_GONE):
        return ask()
    return None
