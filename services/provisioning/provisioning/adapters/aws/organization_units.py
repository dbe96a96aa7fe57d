"""Where an account stands in the organization; what it may do follows from that.

root > Gangway > Sandboxes   in use
                 Suspended   everything is denied, nothing is lost
                 Closed      everything is denied, waiting to be closed
"""

from typing import Any

from botocore.exceptions import ClientError

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import error_code
from provisioning.adapters.aws.organization_account import account_closed, is_open
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
        # Somebody's decision, and denied everything only if that was ours to do.
        elsewhere = Difference("in_another_unit", {"unit": parent_id})
        return Observation(standing=Standing.OFF, differences=(elsewhere,))

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """Leaves an account that was suspended where it is: only unfreeze switches it on."""
        account_id, in_use = outputs["account_id"], self._unit(IN_USE)
        now_in = self._parent_of(account_id)
        if now_in not in {in_use, self._unit(SUSPENDED)}:
            self._refuse_unless_ours(now_in, account_id)
            self._move(account_id, now_in, in_use)
        return {"unit_id": in_use}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        account_id = outputs.get("account_id")
        if account_id is not None and is_open(self._aws, account_id):
            self._move_under_deny_all(account_id, self._parent_of(account_id), self._unit(CLOSED))

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """An account that somebody moved into a unit of their own stays there, and is denied everything."""
        account_id = outputs.get("account_id")
        if account_id is None or not is_open(self._aws, account_id):
            return
        now_in, suspended = self._parent_of(account_id), self._unit(SUSPENDED)
        if self._is_ours(now_in):
            self._move_under_deny_all(account_id, now_in, suspended)
        else:
            self._policies.attach(self._deny_all(), account_id)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """Raises NeverPossible where it is not ours to switch on: closed, or in a unit of somebody else."""
        account_id = outputs.get("account_id")
        if account_id is None:
            return
        if not is_open(self._aws, account_id):
            raise account_closed(account_id)
        now_in, in_use = self._parent_of(account_id), self._unit(IN_USE)
        self._refuse_unless_ours(now_in, account_id)
        self._move(account_id, now_in, in_use)
        policy_id = self._policies.find(DENY_ALL)
        if policy_id is not None:
            self._policies.detach(policy_id, account_id)

    def _is_ours(self, unit_id: str) -> bool:
        """Whether we put accounts there: our units, and the root, where AWS makes them."""
        root_id = self._policies.root_id()
        if unit_id == root_id:
            return True
        parent_id = self._ensure(self._parent_name, root_id)
        return any(self._find(name, parent_id) == unit_id for name in (IN_USE, SUSPENDED, CLOSED))

    def _refuse_unless_ours(self, unit_id: str, account_id: str) -> None:
        if not self._is_ours(unit_id):
            message = f"Somebody moved the account {account_id} to the unit {unit_id}, where it stays"
            raise NeverPossible("account_moved_elsewhere", message, kind=Kind.DRIFT)

    def _move_under_deny_all(self, account_id: str, now_in: str, unit_id: str) -> None:
        """Deny everything on the account itself when the unit or the move is refused: it is the brake."""
        deny_all_id = self._deny_all()
        try:
            self._policies.attach(deny_all_id, unit_id)
            self._move(account_id, now_in, unit_id)
        except ClientError:
            self._policies.attach(deny_all_id, account_id)
            raise

    def _deny_all(self) -> str:
        return self._policies.ensure(DENY_ALL, deny_all(self._member_role))

    def _move(self, account_id: str, now_in: str, unit_id: str) -> None:
        if now_in == unit_id:
            return
        try:
            self._aws.write.organizations.move_account(
                AccountId=account_id, SourceParentId=now_in, DestinationParentId=unit_id
            )
        except ClientError as error:
            if error_code(error) != "DuplicateAccountException":
                raise

    def _parent_of(self, child_id: str) -> str:
        """Return where an account or a unit is."""
        parents = self._aws.read.organizations.list_parents(ChildId=child_id)["Parents"]
        if not parents:
            message = f"AWS does not say yet where {child_id} is"
            raise NotNow("account_not_seen_yet", message, kind=Kind.EVENTUAL_CONSISTENCY)
        return parents[0]["Id"]

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
