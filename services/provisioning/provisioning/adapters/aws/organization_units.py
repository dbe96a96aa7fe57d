"""Where an account stands in the organization; what it may do follows from that.

root > Gangway > Sandboxes   in use
                 Suspended   everything is denied, nothing is lost
                 Available   everything is denied, waiting for a partner
                 CleanUp     everything is denied, being emptied
                 Quarantine  everything is denied until an operator has looked
                 Closed      everything is denied, waiting to be closed
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from chassis import clock
from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import every, tolerated
from provisioning.adapters.aws.organization_account import account_closed, is_open
from provisioning.adapters.aws.policy_documents import GUARD_RAIL, deny_all
from provisioning.adapters.aws.sandbox_role import end_sessions
from provisioning.adapters.aws.service_control_policies import DENY_ALL, ServiceControlPolicies, named
from provisioning.adapters.aws.shared_things import find_or_make
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, OFF, ON, Difference, Observation, Standing
from provisioning.handlers.account_ports import Place
from provisioning.handlers.ports import Outputs

IN_USE, SUSPENDED, CLOSED, CLEAN_UP = "Sandboxes", "Suspended", "Closed", "CleanUp"
_UNIT_OF = {
    Place.AVAILABLE: "Available",
    Place.CLEAN_UP: CLEAN_UP,
    Place.QUARANTINE: "Quarantine",
    Place.CLOSED: CLOSED,
}
OUR_UNITS = (IN_USE, SUSPENDED, *_UNIT_OF.values())
_ROOT = "root"
# What was not answered may have been done: the next attempt sees.
_REFUSALS = (ClientError, NotNow)


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
        """Off only where everything is denied, on the account or on the unit that it is in.

        Where somebody moved it without that, it differs: it may serve, and is not ours to move.
        """
        self._aws.shared.forget()
        account_id = outputs.get("account_id")
        if account_id is None or not is_open(self._aws, account_id):
            return ABSENT
        unit_id = self._parent_of(account_id)
        place = self._place(unit_id, outputs)
        if self._is_denied(account_id, unit_id):
            is_gone = place in _UNIT_OF.values() and order.intent is Intent.OFF
            return ABSENT if is_gone else _in(place, unit_id, Standing.OFF)
        return ON if place == IN_USE else _in(place, unit_id, Standing.DIFFERS)

    def ours(self) -> list[str]:
        """Return the ids of our units that are there."""
        parent_id = self._find(self._parent_name, self._policies.root_id())
        found = [self._find(name, parent_id) for name in OUR_UNITS] if parent_id else []
        return [unit_id for unit_id in found if unit_id is not None]

    def is_ours(self, account_id: str) -> bool:
        """Whether the account stands in one of our units."""
        return self._parent_of(account_id) in self.ours()

    def _place(self, unit_id: str, outputs: Outputs) -> str | None:
        """Return the name that we gave the unit, None for one of others; the root is nobody's."""
        root_id = self._policies.root_id()
        if unit_id == root_id:
            return _ROOT
        if unit_id == outputs.get("unit_id"):
            return IN_USE
        parent_id = self._find(self._parent_name, root_id)
        if parent_id is None:
            return None
        return next((name for name in OUR_UNITS if self._find(name, parent_id) == unit_id), None)

    def _is_denied(self, account_id: str, unit_id: str) -> bool:
        """Not by the name of the policy alone: others may have put something else in it."""
        policy_id = self._policies.find(DENY_ALL)
        return (
            policy_id is not None
            and any(self._policies.is_attached(policy_id, target) for target in (unit_id, account_id))
            and self._policies.content_of(policy_id) == deny_all(self._member_role)
        )

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """Leaves an account that was suspended where it is: only unfreeze switches it on."""
        account_id, in_use = outputs["account_id"], self._unit(IN_USE)
        now_in = self._parent_of(account_id)
        place = self._place(now_in, outputs)
        if place not in (IN_USE, SUSPENDED):
            self._refuse_unless_ours(now_in, account_id, outputs)
            self._move(account_id, now_in, in_use)
        return {"unit_id": now_in if place == IN_USE else in_use}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        account_id = outputs.get("account_id")
        if account_id is None:
            return
        with self._else_denied_itself(account_id):
            if is_open(self._aws, account_id):
                end = CLEAN_UP if outputs.get("account_goes_back") else CLOSED
                self._move_under_deny_all(account_id, self._parent_of(account_id), end)

    def put(self, account_id: str, place: Place) -> None:
        """Bring an account without a grant there, and return once it was seen there.

        What hung on the account itself is taken off it then. Raises NeverPossible where it stands in a unit
        of somebody else.
        """
        now_in = self._parent_of(account_id)
        self._refuse_unless_ours(now_in, account_id, {})
        if place is Place.OUTSIDE:
            self._move(account_id, now_in, self._policies.root_id())
        else:
            with self._else_denied_itself(account_id):
                self._move_under_deny_all(account_id, now_in, _UNIT_OF[place])
        if not self.is_at(account_id, place):
            message = f"The account {account_id} was moved, and is not seen in its unit yet"
            raise NotNow("not_seen_yet", message, kind=Kind.EVENTUAL_CONSISTENCY)
        for policy_id in named(self._policies.attached(account_id), DENY_ALL, GUARD_RAIL):
            self._policies.detach_unless_last(policy_id, account_id)

    def is_at(self, account_id: str, place: Place) -> bool:
        """Whether it stands there and, unless that is outside, everything in it is denied."""
        unit_id = self._parent_of(account_id)
        if place is Place.OUTSIDE:
            return self._place(unit_id, {}) == _ROOT
        return self._place(unit_id, {}) == _UNIT_OF[place] and self._is_denied(account_id, unit_id)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """An account that somebody moved into a unit of their own stays there, and is denied everything."""
        account_id = outputs.get("account_id")
        if account_id is None:
            return
        with self._else_denied_itself(account_id):
            if not is_open(self._aws, account_id):
                return
            now_in = self._parent_of(account_id)
            if self._place(now_in, outputs) is not None:
                self._move_under_deny_all(account_id, now_in, SUSPENDED)
                return
        self._deny_on_account(account_id)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> None:
        """Raises NeverPossible where it is not ours to switch on: closed, or in a unit of somebody else."""
        account_id = outputs.get("account_id")
        if account_id is None:
            return
        if not is_open(self._aws, account_id):
            raise account_closed(account_id)
        now_in, in_use = self._parent_of(account_id), self._unit(IN_USE)
        self._refuse_unless_ours(now_in, account_id, outputs)
        self._move(account_id, now_in, in_use)
        policy_id = self._policies.find(DENY_ALL)
        if policy_id is not None:
            self._policies.detach(policy_id, account_id)

    def _refuse_unless_ours(self, unit_id: str, account_id: str, outputs: Outputs) -> None:
        if self._place(unit_id, outputs) is None:
            message = f"Somebody moved the account {account_id} to the unit {unit_id}, where it stays"
            raise NeverPossible("account_moved_elsewhere", message, kind=Kind.DRIFT)

    def _move_under_deny_all(self, account_id: str, now_in: str, unit: str) -> None:
        unit_id = self._unit(unit)
        self._policies.attach(self._deny_all(), unit_id)
        self._move(account_id, now_in, unit_id)

    @contextmanager
    def _else_denied_itself(self, account_id: str) -> Iterator[None]:
        """Deny everything on the account itself where units cannot be seen, made or moved to: the brake."""
        try:
            yield
        except _REFUSALS:
            self._deny_on_account(account_id)
            raise

    def _deny_on_account(self, account_id: str) -> None:
        """Where even that is refused, whoever is in the account now is put out of it."""
        try:
            self._policies.attach(self._deny_all(), account_id)
        except _REFUSALS:
            with self._aws.member_iam(account_id) as iam:
                end_sessions(iam, clock.now())
            raise

    def _deny_all(self) -> str:
        return self._policies.ensure(DENY_ALL, deny_all(self._member_role))

    def _move(self, account_id: str, now_in: str, unit_id: str) -> None:
        if now_in == unit_id:
            return
        with tolerated("DuplicateAccountException"):
            self._aws.write.organizations.move_account(
                AccountId=account_id, SourceParentId=now_in, DestinationParentId=unit_id
            )

    def _parent_of(self, child_id: str) -> str:
        """Return where an account or a unit is."""
        parents = self._aws.read.organizations.list_parents(ChildId=child_id)["Parents"]
        if not parents:
            message = f"AWS does not say yet where {child_id} is"
            raise NotNow("account_not_seen_yet", message, kind=Kind.EVENTUAL_CONSISTENCY)
        return parents[0]["Id"]

    def _unit(self, name: str) -> str:
        def ensured() -> str:
            return self._ensure(name, self._ensure(self._parent_name, self._policies.root_id()))

        return self._aws.shared.kept(("unit", name), ensured)

    def _ensure(self, name: str, parent_id: str) -> str:
        create = self._aws.write.organizations.create_organizational_unit
        return find_or_make(
            lambda: self._find(name, parent_id),
            lambda: create(ParentId=parent_id, Name=name),
            taken="DuplicateOrganizationalUnitException",
        )

    def _find(self, name: str, parent_id: str) -> str | None:
        operation, key = "list_organizational_units_for_parent", "OrganizationalUnits"
        units = every(self._aws.read.organizations, operation, key, ParentId=parent_id)
        return min((unit["Id"] for unit in units if unit["Name"] == name), default=None)


def _in(place: str | None, unit_id: str, standing: Standing) -> Observation:
    """What is not where we put it says where it is."""
    if place == SUSPENDED and standing is Standing.OFF:
        return OFF
    code = "in_another_unit" if place is None else f"in_{place.lower()}"
    return Observation(standing=standing, differences=(Difference(code, {"unit": unit_id}),))
