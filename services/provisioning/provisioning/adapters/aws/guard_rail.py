"""The guard rail around a sandbox: a service control policy on the account."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.failures import NeverPossible
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.organization_account import is_open
from provisioning.adapters.aws.policy_documents import (
    GUARD_RAIL,
    LIMITED_GUARD_RAIL,
    guard_rail,
    guard_rail_name,
)
from provisioning.adapters.aws.service_control_policies import ServiceControlPolicies, named
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation, differs
from provisioning.handlers.ports import Outputs


class GuardRail(FrozenElsewhere):
    """Step: attaches the guard rail to the account itself, so that moving the account does not remove it.

    All sandboxes with the same limits share one policy. When limits change, another policy replaces it. A
    policy with limits is deleted when the last sandbox has lost it; the one without limits stays.
    """

    name = "sandbox_guard_rail"

    def __init__(
        self, aws: AwsClients, policies: ServiceControlPolicies, regions: Sequence[str], member_role: str
    ) -> None:
        self._aws = aws
        self._policies = policies
        self._regions = regions
        self._member_role = member_role

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        self._aws.shared.forget()
        account_id = outputs.get("account_id")
        if account_id is None or not is_open(self._aws, account_id):
            return ABSENT
        policy_id = outputs.get("guard_rail_id") or self._policies.find(guard_rail_name(order.parameters))
        if policy_id is None or not self._policies.is_attached(policy_id, account_id):
            return ABSENT
        is_ours = self._policies.content_of(policy_id) == self._document(order)
        return ON if is_ours else differs("guard_rail_changed", policy=policy_id)

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        account_id = outputs["account_id"]
        name, document = guard_rail_name(order.parameters), self._document(order)
        policy_id = self._aws.shared.kept(("policy", name), lambda: self._policies.ensure(name, document))
        attached = self._policies.attach(policy_id, account_id)
        others = _ours(attached, outputs) - {policy_id}
        for other_id in others:
            self._policies.detach(other_id, account_id)
        if others:
            self._policies.delete_unused(LIMITED_GUARD_RAIL)
        return {"guard_rail_id": policy_id}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """The last policy of an account stays attached; nobody has access to the account by then."""
        account_id = outputs.get("account_id")
        if account_id and is_open(self._aws, account_id):
            for policy_id in _ours(self._policies.attached(account_id), outputs):
                self._policies.detach_unless_last(policy_id, account_id)
        self._policies.delete_unused(LIMITED_GUARD_RAIL)

    def _document(self, order: GrantOrder) -> dict[str, Any]:
        try:
            return guard_rail(self._regions, self._member_role, order.parameters)
        except ValueError as error:
            raise NeverPossible("guard_rail_impossible", f"The grant's plan {error}") from error


def _ours(attached: Mapping[str, str], outputs: Outputs) -> set[str]:
    """Includes policies attached by a worker that was killed before it could record them."""
    noted = outputs.get("guard_rail_id")
    return named(attached, GUARD_RAIL) | ({noted} if noted else set())
