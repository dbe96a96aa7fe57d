"""The guard rail around a sandbox: a service control policy on the account."""

from collections.abc import Sequence
from typing import Any

from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.organization_account import is_open
from provisioning.adapters.aws.policy_documents import guard_rail
from provisioning.adapters.aws.service_control_policies import GUARD_RAIL, ServiceControlPolicies
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation, differs
from provisioning.handlers.ports import Outputs


class GuardRail(FrozenElsewhere):
    """Step: attaches the one guard rail to the account itself, so that it stays on when that moves."""

    name = "sandbox_guard_rail"

    def __init__(
        self, aws: AwsClients, policies: ServiceControlPolicies, regions: Sequence[str], member_role: str
    ) -> None:
        self._aws = aws
        self._policies = policies
        self._document = guard_rail(regions, member_role)

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        account_id = outputs.get("account_id")
        if account_id is None or not is_open(self._aws, account_id):
            return ABSENT
        policy_id = outputs.get("guard_rail_id") or self._policies.find(GUARD_RAIL)
        if policy_id is None or not self._policies.is_attached(policy_id, account_id):
            return ABSENT
        is_ours = self._policies.content_of(policy_id) == self._document
        return ON if is_ours else differs("guard_rail_changed", policy=policy_id)

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        policy_id = self._policies.ensure(GUARD_RAIL, self._document)
        self._policies.attach(policy_id, outputs["account_id"])
        return {"guard_rail_id": policy_id}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """The last policy of an account stays on it: nobody is in the account by then."""
        account_id = outputs.get("account_id")
        policy_id = outputs.get("guard_rail_id") or self._policies.find(GUARD_RAIL)
        if not (account_id and policy_id and is_open(self._aws, account_id)):
            return
        self._policies.detach_unless_last(policy_id, account_id)
