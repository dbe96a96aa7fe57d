"""Who may read the partner's database: Lake Formation's permissions for its QuickSight group."""

from typing import TYPE_CHECKING, Any

from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import every, tolerated
from provisioning.adapters.aws.quicksight_group import QuickSightGroup
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, OFF, ON, Observation, differs
from provisioning.handlers.ports import Outputs

if TYPE_CHECKING:
    from types_boto3_lakeformation.literals import PermissionType
    from types_boto3_lakeformation.type_defs import ResourceTypeDef


class LakeFormationPermission:
    """Step: lets the partner's group read the database. This is the switch of analytics.

    Freezing revokes the permissions and keeps seats and tables; applying grants them again. Data that
    somebody imported into QuickSight's own memory (SPICE) stays readable until the seats are removed.
    """

    name = "analytics_permission"

    def __init__(self, aws: AwsClients, namespace: str) -> None:
        self._aws = aws
        self._namespace = namespace

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        group = self._group(order)
        given = [(due, self._given(group, resource)[0]) for resource, due in _due(order)]
        if not any(standing for _, standing in given):
            return OFF if group.exists() else ABSENT
        if any(set(due) - set(standing) for due, standing in given):
            return differs("permissions_missing", group=names.of_partner(order))
        return ON if group.exists() else differs("group_missing", group=names.of_partner(order))

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        group = self._group(order)
        group.ensure()
        for resource, permissions in _due(order):
            given, _ = self._given(group, resource)
            missing = [each for each in permissions if each not in given]
            if missing:
                self._aws.write.lakeformation.grant_permissions(
                    Principal={"DataLakePrincipalIdentifier": group.arn},
                    Resource=resource,
                    Permissions=missing,
                )
        return {"analytics_group": names.of_partner(order)}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        self.freeze(order, outputs)
        self._group(order).delete()

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """Revoke exactly what is granted: AWS refuses the whole call if one permission is missing."""
        group = self._group(order)
        for resource, _ in _due(order):
            given, with_grant_option = self._given(group, resource)
            if given:
                self._aws.write.lakeformation.revoke_permissions(
                    Principal={"DataLakePrincipalIdentifier": group.arn},
                    Resource=resource,
                    Permissions=given,
                    PermissionsWithGrantOption=with_grant_option,
                )

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """Grants again only if the step was done, because database and group must exist."""
        if "analytics_group" in outputs:
            self.apply(order, outputs)

    def _given(
        self, group: QuickSightGroup, resource: "ResourceTypeDef"
    ) -> "tuple[list[PermissionType], list[PermissionType]]":
        """Return what the group may do with the resource, and which of it it may grant to others."""
        given: dict[PermissionType, None] = {}
        with_grant_option: dict[PermissionType, None] = {}
        which = {"Principal": {"DataLakePrincipalIdentifier": group.arn}, "Resource": resource}
        known = every(
            self._aws.read.lakeformation, "list_permissions", "PrincipalResourcePermissions", **which
        )
        with tolerated("EntityNotFoundException"):
            for each in known:
                given |= dict.fromkeys(each.get("Permissions", []))
                with_grant_option |= dict.fromkeys(each.get("PermissionsWithGrantOption", []))
        return list(given), list(with_grant_option)

    def _group(self, order: GrantOrder) -> QuickSightGroup:
        return QuickSightGroup(self._aws, self._namespace, names.of_partner(order))


def _due(order: GrantOrder) -> "list[tuple[ResourceTypeDef, list[PermissionType]]]":
    database = names.of_database(order)
    return [
        ({"Database": {"Name": database}}, ["DESCRIBE"]),
        ({"Table": {"DatabaseName": database, "TableWildcard": {}}}, ["DESCRIBE", "SELECT"]),
    ]
