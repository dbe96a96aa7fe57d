"""Where an account stands in the organization; what it may do follows from that.

root > Gangway > Sandboxes   in use
                 Suspended   everything is denied, nothing is lost
                 Closed      everything is denied, waiting to be closed
"""

from typing import Any

from botocore.exceptions import ClientError

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code
from provisioning.adapters.aws.organization_account import is_open
from provisioning.adapters.aws.policy_documents import deny_all
from provisioning.adapters.aws.service_control_policies import DENY_ALL, ServiceControlPolicies
from provisioning.adapters.aws.shared_things import find_or_make
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, OFF, ON, Difference, Observation, Standing, differs
from provisioning.handlers.ports import Outputs

IN_USE, SUSPENDED, CLOSED = "Sandboxes", "Suspended", "Closed"


class OrganizationUnit:
    """Step: moves the account where its life has brought it. This is the sandbox's switch."""

    name = "sandbox_unit"

    def __init__(
        self, aws: AwsClients, policies: ServiceControlPolicies, parent_name: str, member_role: str
    ) -> None:
        self._aws = aws
        self._policies = policies
        self._parent_name = parent_name
        self._member_role = member_role

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """An account that somebody moved elsewhere counts as switched off: that was somebody's decision."""
        account_id = outputs.get("account_id")
        if account_id is None or not is_open(self._aws, account_id):
            return ABSENT
        parent_id = self._parent_of(account_id)
        root_id = self._policies.root_id()
        if parent_id == root_id:
            return differs("outside_units", unit=parent_id)
        gangway_id = self._find(self._parent_name, root_id)
        if gangway_id is not None:
            if parent_id == self._find(IN_USE, gangway_id):
                return ON
            if parent_id == self._find(CLOSED, gangway_id):
                return ABSENT
            if parent_id == self._find(SUSPENDED, gangway_id):
                return OFF
        elsewhere = Difference("in_another_unit", {"unit": parent_id})
        return Observation(standing=Standing.OFF, differences=(elsewhere,))

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """Leaves an account that was suspended where it is: only unfreeze switches it on."""
        account_id, in_use = outputs["account_id"], self._unit(IN_USE)
        if self._parent_of(account_id) not in {in_use, self._unit(SUSPENDED)}:
            self._move(account_id, in_use)
        return {"unit_id": in_use}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        self._move_if_open(outputs, CLOSED)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        self._move_if_open(outputs, SUSPENDED)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        self._move_if_open(outputs, IN_USE)

    def _move_if_open(self, outputs: Outputs, unit_name: str) -> None:
        account_id = outputs.get("account_id")
        if account_id is None or not is_open(self._aws, account_id):
            return
        unit_id = self._unit(unit_name)
        if unit_name != IN_USE:
            document = deny_all(self._member_role)
            self._policies.attach(self._policies.ensure(DENY_ALL, document), unit_id)
        self._move(account_id, unit_id)

    def _move(self, account_id: str, unit_id: str) -> None:
        now_in = self._parent_of(account_id)
        if now_in == unit_id:
            return
        try:
            self._aws.write.organizations.move_account(
                AccountId=account_id, SourceParentId=now_in, DestinationParentId=unit_id
            )
        except ClientError as error:
            if error_code(error) != "DuplicateAccountException":
                raise

    def _parent_of(self, account_id: str) -> str:
        return self._aws.read.organizations.list_parents(ChildId=account_id)["Parents"][0]["Id"]

    def _unit(self, name: str) -> str:
        return self._ensure(name, self._ensure(self._parent_name, self._policies.root_id()))

    def _ensure(self, name: str, parent_id: str) -> str:
        create = self._aws.write.organizations.create_organizational_unit
        return find_or_make(
            lambda: self._find(name, parent_id),
            lambda: create(ParentId=parent_id, Name=name),
            taken="DuplicateOrganizationalUnitException",
        )

    def _find(self, name: str, parent_id: str) -> str | None:
        paginator = self._aws.read.organizations.get_paginator("list_organizational_units_for_parent")
        pages = paginator.paginate(ParentId=parent_id)
        units = (unit for page in pages for unit in page["OrganizationalUnits"])
        return min((unit["Id"] for unit in units if unit["Name"] == name), default=None)
