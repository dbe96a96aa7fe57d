"""The partner's Athena workgroup: where queries run, and how much each may scan."""

from typing import Any

from botocore.exceptions import ClientError

from chassis.failures import Kind, NotNow
from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code, every
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, OFF, ON, Observation, differs
from provisioning.handlers.ports import Outputs


class AthenaWorkgroup(FrozenElsewhere):
    """Step: a workgroup whose limits no query can override.

    Parameter: ``scan_limit_bytes``; a query is cut off when it has scanned that much.
    """

    name = "analytics_workgroup"

    def __init__(self, aws: AwsClients, results_location: str) -> None:
        self._aws = aws
        self._results_location = results_location.rstrip("/")

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """On only if the workgroup enforces the limit we set; off if somebody disabled it."""
        workgroup = names.of_partner(order)
        known = self._known(workgroup)
        if known is None:
            return ABSENT
        if known.get("State") == "DISABLED":
            return OFF
        return ON if _is_limited(known, order) else differs("workgroup_changed", workgroup=workgroup)

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        workgroup = names.of_partner(order)
        if not self._create(workgroup, order) and not _is_limited(self._described(workgroup), order):
            self._aws.write.athena.update_work_group(
                WorkGroup=workgroup,
                ConfigurationUpdates={
                    "EnforceWorkGroupConfiguration": True,
                    "BytesScannedCutoffPerQuery": order.parameters["scan_limit_bytes"],
                },
            )
        # A workgroup keeps the location it was created with, even if the settings have changed since.
        location = outputs.get("results_location") or self._location_of(workgroup)
        return {
            "workgroup": workgroup,
            "region": self._aws.caller.region,
            "results_location": location,
        }

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """Enable a workgroup that somebody disabled; a suspension does not disable it."""
        workgroup = names.of_partner(order)
        known = self._known(workgroup)
        if known is not None and known.get("State") == "DISABLED":
            self._aws.write.athena.update_work_group(WorkGroup=workgroup, State="ENABLED")

    def _location_of(self, workgroup: str) -> str:
        return f"{self._results_location}/{workgroup}/"

    def _known(self, workgroup: str) -> Any:
        return self._described(workgroup) if self.exists(workgroup) else None

    def _described(self, workgroup: str) -> Any:
        return self._aws.read.athena.get_work_group(WorkGroup=workgroup).get("WorkGroup", {})

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        workgroup = names.of_partner(order)
        if not self.exists(workgroup):
            return
        try:
            self._aws.write.athena.delete_work_group(WorkGroup=workgroup, RecursiveDeleteOption=True)
        except ClientError as error:
            if error_code(error) != "InvalidRequestException":
                raise
            if self.exists(workgroup):
                message = "Athena does not let go of the workgroup yet, as while a query runs in it"
                raise NotNow("workgroup_busy", message, kind=Kind.CONFLICT) from error

    def _create(self, workgroup: str, order: GrantOrder) -> bool:
        """Return False if it exists. Athena has no error code for that: it calls the request invalid."""
        try:
            self._aws.write.athena.create_work_group(
                Name=workgroup,
                Description="Made by Gangway",
                Configuration={
                    "EnforceWorkGroupConfiguration": True,
                    "BytesScannedCutoffPerQuery": order.parameters["scan_limit_bytes"],
                    "PublishCloudWatchMetricsEnabled": True,
                    "RequesterPaysEnabled": False,
                    "ResultConfiguration": {
                        "OutputLocation": self._location_of(workgroup),
                        "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
                    },
                },
                Tags=names.tag_list(order),
            )
        except ClientError as error:
            if error_code(error) != "InvalidRequestException" or not self.exists(workgroup):
                raise
            return False
        return True

    def exists(self, workgroup: str) -> bool:
        known = every(self._aws.read.athena, "list_work_groups", "WorkGroups")
        return any(one.get("Name") == workgroup for one in known)


def _is_limited(known: Any, order: GrantOrder) -> bool:
    limits = known.get("Configuration", {})
    return (
        limits.get("EnforceWorkGroupConfiguration") is True
        and limits.get("BytesScannedCutoffPerQuery") == order.parameters["scan_limit_bytes"]
    )
