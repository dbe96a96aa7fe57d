"""What is seen outside is what is there, whatever people call it or did to it meanwhile."""

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from tests.integration.provisioning.outside.hostile_proxy import HostileProxy, Mishap, always
from tests.integration.provisioning.outside.test_foreign_things import iam_of
from tests.integration.provisioning.outside.test_permissions import make_administrators, spoil_shared_policies
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for
from tests.unit.provisioning.step_contract import is_bare

from chassis.failures import NotNow
from provisioning.adapters.aws import policy_documents
from provisioning.domain.grant_states import Intent
from provisioning.domain.standings import Standing

ANYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
SCP = "SERVICE_CONTROL_POLICY"


def granted(world: World, product: str) -> Granting:
    granting = Granting(order_for(product), world.steps)
    granting.apply()
    return granting


def seen(world: World, granting: Granting, step: str, intent: Intent) -> tuple[Standing, list[str]]:
    observed = world.steps[step].observe(replace(granting.order, intent=intent), granting.outputs)
    return observed.standing, [difference.code for difference in observed.differences]


class Account:
    """The partner's account, and what admins do with it."""

    def __init__(self, world: World, granting: Granting) -> None:
        self.id = granting.outputs["account_id"]
        self.organizations = world.inventory.aws("organizations")

    def unit(self) -> str:
        return str(self.organizations.list_parents(ChildId=self.id)["Parents"][0]["Id"])

    def deny_all(self) -> str:
        policies = self.organizations.list_policies(Filter=SCP)["Policies"]
        return next(policy["Id"] for policy in policies if policy["Name"] == "gangway-deny-all")

    def move(self, unit_id: str) -> None:
        self.organizations.move_account(
            AccountId=self.id, SourceParentId=self.unit(), DestinationParentId=unit_id
        )


def test_an_account_is_off_only_where_everything_is_denied(world: World) -> None:
    granting = granted(world, "cloud_sandbox")
    account, unit = Account(world, granting), world.steps["sandbox_unit"]

    def look(intent: Intent) -> tuple[Standing, list[str]]:
        return seen(world, granting, "sandbox_unit", intent)

    def make(act: Callable[..., Any]) -> None:
        granting.tried(lambda: act(granting.order, granting.outputs))

    in_use = account.unit()
    account.organizations.update_organizational_unit(OrganizationalUnitId=in_use, Name="Our sandboxes")
    assert look(Intent.ON) == (Standing.ON, []), "whatever people call the unit"

    make(unit.freeze)
    suspended, deny_all = account.unit(), account.deny_all()
    assert look(Intent.FROZEN) == (Standing.OFF, [])
    account.organizations.detach_policy(PolicyId=deny_all, TargetId=suspended)
    assert look(Intent.FROZEN) == (Standing.DIFFERS, ["in_suspended"]), "nothing is denied any more"
    make(unit.freeze)
    assert look(Intent.FROZEN) == (Standing.OFF, [])

    root_id = account.organizations.list_roots()["Roots"][0]["Id"]
    created = account.organizations.create_organizational_unit(ParentId=root_id, Name="Security")
    account.move(created["OrganizationalUnit"]["Id"])
    for intent in Intent:
        assert look(intent) == (Standing.DIFFERS, ["in_another_unit"]), "it may serve there"
    make(unit.freeze)
    assert look(Intent.FROZEN) == (Standing.OFF, ["in_another_unit"])

    account.organizations.detach_policy(PolicyId=deny_all, TargetId=account.id)
    account.move(in_use)
    assert look(Intent.ON) == (Standing.ON, [])
    account.organizations.attach_policy(PolicyId=deny_all, TargetId=account.id)
    assert look(Intent.ON) == (Standing.OFF, ["in_sandboxes"]), "an admin stopped it where it is"
    account.organizations.detach_policy(PolicyId=deny_all, TargetId=account.id)
    make(unit.undo)
    assert look(Intent.OFF) == (Standing.ABSENT, [])
    assert look(Intent.ON) == (Standing.OFF, ["in_closed"])


def test_what_others_put_into_deny_all_denies_nothing(world: World) -> None:
    """A frozen account is off by what the policy says, not by its name; the next freeze puts it right."""
    granting = granted(world, "cloud_sandbox")
    unit = world.steps["sandbox_unit"]
    granting.freeze({"sandbox_unit"})
    assert seen(world, granting, "sandbox_unit", Intent.FROZEN) == (Standing.OFF, [])
    spoil_shared_policies(world)
    assert seen(world, granting, "sandbox_unit", Intent.FROZEN) == (Standing.DIFFERS, ["in_suspended"])
    unit.freeze(granting.order, granting.outputs)
    assert seen(world, granting, "sandbox_unit", Intent.FROZEN) == (Standing.OFF, [])


BLIND = [
    "organizations:ListParents",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:MoveAccount",
    "organizations:DescribeAccount",
]


@pytest.mark.parametrize("call", BLIND)
@pytest.mark.parametrize("act", ["freeze", "undo"])
def test_whatever_keeps_the_account_from_its_unit_it_is_denied_everything(
    world: World, hostile: HostileProxy, call: str, act: str
) -> None:
    granting = granted(world, "cloud_sandbox")
    unit, account = world.steps["sandbox_unit"], Account(world, granting)
    hostile.when(call, Mishap("AccessDeniedException", is_due=always))
    with pytest.raises(NotNow, match="access_denied"):
        getattr(unit, act)(granting.order, granting.outputs)
    attached = account.organizations.list_policies_for_target(TargetId=account.id, Filter=SCP)["Policies"]
    assert account.deny_all() in [policy["Id"] for policy in attached]
    hostile.clear()
    if act == "freeze":
        granting.freeze({"sandbox_unit"})
        granting.unfreeze()
        assert seen(world, granting, "sandbox_unit", Intent.ON) == (Standing.ON, [])
    granting.undo()
    [(_, status, unit_name, *_)] = world.inventory.of("cloud_sandbox")["accounts"]
    assert (status, unit_name) == ("SUSPENDED", "Closed")


def test_an_answer_about_another_account_closes_neither(world: World) -> None:
    granting, other = granted(world, "cloud_sandbox"), granted(world, "cloud_sandbox")
    wrong = other.outputs["account_id"]
    world.rewrite["organizations:DescribeAccount"] = lambda parsed: parsed["Account"].update(Id=wrong)
    for step in ("sandbox_unit", "sandbox_account"):
        with pytest.raises(NotNow, match="answer_about_another"):
            world.steps[step].undo(granting.order, granting.outputs)
    world.rewrite.clear()
    assert {account["Status"] for account in world.inventory.accounts()} == {"ACTIVE"}


@pytest.mark.parametrize("is_of_aws", [True, False])
def test_rights_that_others_added_to_the_permission_set_are_seen_and_taken_off(
    world: World, *, is_of_aws: bool
) -> None:
    granting, center = granted(world, "cloud_sandbox"), world.inventory.aws("sso-admin")
    instance = center.list_instances()["Instances"][0]["InstanceArn"]
    which = {"InstanceArn": instance, "PermissionSetArn": granting.outputs["permission_set_arn"]}
    if is_of_aws:
        arn = "arn:aws:iam::aws:policy/AdministratorAccess"
        center.attach_managed_policy_to_permission_set(**which, ManagedPolicyArn=arn)
    else:
        center.attach_customer_managed_policy_reference_to_permission_set(
            **which, CustomerManagedPolicyReference={"Name": "theirs", "Path": "/"}
        )
    changed = (Standing.DIFFERS, ["permission_set_changed"])
    assert seen(world, granting, "sandbox_sign_in", Intent.ON) == changed
    world.forget()
    world.steps["sandbox_sign_in"].apply(granting.order, granting.outputs)
    assert "sso-admin:ProvisionPermissionSet" in world.calls, "accounts get it only so"
    assert seen(world, granting, "sandbox_sign_in", Intent.ON) == (Standing.ON, [])


def test_an_account_that_a_killed_worker_left_with_an_older_permission_set_gets_the_new_one(
    world: World,
) -> None:
    """It died between the change of the permission set and its provisioning: the set itself looks right.

    Each grant answers for its own account: one that AWS cannot bring up to date is nobody else's matter.
    """
    granting, other = granted(world, "cloud_sandbox"), granted(world, "cloud_sandbox")
    center = world.inventory.aws("sso-admin")
    instance = center.list_instances()["Instances"][0]["InstanceArn"]
    which = {"InstanceArn": instance, "PermissionSetArn": granting.outputs["permission_set_arn"]}
    ours = center.get_inline_policy_for_permission_set(**which)["InlinePolicy"]
    center.put_inline_policy_to_permission_set(**which, InlinePolicy=ANYTHING)
    center.provision_permission_set(**which, TargetType="ALL_PROVISIONED_ACCOUNTS")
    center.put_inline_policy_to_permission_set(**which, InlinePolicy=ours)
    changed = (Standing.DIFFERS, ["permission_set_changed"])
    assert seen(world, granting, "sandbox_sign_in", Intent.ON) == changed
    world.forget()
    world.steps["sandbox_sign_in"].apply(granting.order, granting.outputs)
    assert "sso-admin:ProvisionPermissionSet" in world.calls
    assert seen(world, granting, "sandbox_sign_in", Intent.ON) == (Standing.ON, [])
    assert seen(world, other, "sandbox_sign_in", Intent.ON) == changed


def test_a_policy_taken_off_a_certificate_is_put_on_again_and_one_of_others_is_told(world: World) -> None:
    granting, iot = granted(world, "iot"), world.inventory.aws("iot")
    arn, ours = granting.outputs["certificate_arn"], granting.outputs["policy_name"]
    iot.create_policy(policyName="theirs", policyDocument=ANYTHING)
    iot.attach_policy(policyName="theirs", target=arn)
    assert seen(world, granting, "iot_certificate", Intent.ON) == (Standing.ON, ["foreign_policy"])
    iot.detach_policy(policyName=ours, target=arn)
    assert seen(world, granting, "iot_certificate", Intent.ON) == (Standing.DIFFERS, ["policy_detached"])
    world.steps["iot_certificate"].apply(granting.order, granting.outputs)
    attached = iot.list_attached_policies(target=arn)["policies"]
    assert {policy["policyName"] for policy in attached} == {ours, "theirs"}
    iot.detach_policy(policyName="theirs", target=arn)
    assert seen(world, granting, "iot_certificate", Intent.ON) == (Standing.ON, [])


def test_a_renamed_group_of_people_is_the_same_group(world: World, hostile: HostileProxy) -> None:
    """moto renames no group; the name finds nothing any more."""
    granting = granted(world, "cloud_sandbox")
    hostile.when("identitystore:GetGroupId", Mishap("ResourceNotFoundException", is_due=always))
    assert seen(world, granting, "sandbox_sign_in", Intent.ON) == (Standing.ON, [])
    granting.apply()
    assert len(world.inventory.of("cloud_sandbox")["groups"]) == 1
    granting.freeze({"sandbox_sign_in"})
    assert seen(world, granting, "sandbox_sign_in", Intent.FROZEN) == (Standing.OFF, [])
    assert world.inventory.of("cloud_sandbox")["assignments"] == []
    granting.undo()
    assert is_bare("cloud_sandbox", world.inventory.of("cloud_sandbox"))


def test_a_renamed_group_of_the_crm_is_the_same_group(world: World) -> None:
    granting = granted(world, "crm")
    operation = {"op": "replace", "path": "displayName", "value": "Friends"}
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    httpx.patch(
        f"{world.settings.scim_url}/Groups/{granting.outputs['group_id']}",
        json=body,
        headers={
            "Authorization": f"Bearer {world.settings.scim_token}",
            "Content-Type": "application/scim+json",
        },
    ).raise_for_status()
    for step in ("crm_group", "crm_users"):
        assert seen(world, granting, step, Intent.ON) == (Standing.ON, [])
    granting.freeze({"crm_users"})
    assert seen(world, granting, "crm_users", Intent.FROZEN) == (Standing.OFF, [])


def test_what_others_changed_in_a_policy_is_seen_and_put_right(world: World) -> None:
    granting = granted(world, "iot")
    iot, name = world.inventory.aws("iot"), granting.outputs["policy_name"]
    for _ in range(4):
        iot.create_policy_version(policyName=name, policyDocument=ANYTHING, setAsDefault=True)
    assert seen(world, granting, "iot_policy", Intent.ON) == (Standing.DIFFERS, ["policy_changed"])
    world.steps["iot_policy"].apply(granting.order, granting.outputs)
    assert seen(world, granting, "iot_policy", Intent.ON) == (Standing.ON, [])


def test_what_limits_the_partners_role_is_seen_changed_and_put_right(world: World) -> None:
    granting = granted(world, "cloud_sandbox")
    iam = iam_of(world, granting.outputs["account_id"])
    role, boundary = "gangway-partner", granting.outputs["boundary_arn"]
    for _ in range(4):
        iam.create_policy_version(PolicyArn=boundary, PolicyDocument=ANYTHING, SetAsDefault=True)
    iam.delete_role_permissions_boundary(RoleName=role)
    iam.put_role_policy(RoleName=role, PolicyName=role, PolicyDocument=ANYTHING)
    theirs = policy_documents.trust("arn:aws:iam::999999999999:root")
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(theirs))
    changed = ["boundary_detached", "boundary_changed", "trust_changed", "policy_changed"]
    assert seen(world, granting, "sandbox_role", Intent.ON) == (Standing.DIFFERS, changed)
    world.steps["sandbox_role"].apply(granting.order, granting.outputs)
    assert seen(world, granting, "sandbox_role", Intent.ON) == (Standing.ON, [])
    granting.undo()
    assert is_bare("cloud_sandbox", world.inventory.of("cloud_sandbox"))


def test_only_the_way_into_the_partners_own_account_counts(world: World) -> None:
    """By our permission set: the group may have been given another account, or other rights."""
    granting, other = granted(world, "cloud_sandbox"), granted(world, "cloud_sandbox")
    center = world.inventory.aws("sso-admin")
    instance = center.list_instances()["Instances"][0]["InstanceArn"]
    made = center.create_permission_set(InstanceArn=instance, Name="Admins")["PermissionSet"]
    way = {
        "InstanceArn": instance,
        "TargetId": granting.outputs["account_id"],
        "TargetType": "AWS_ACCOUNT",
        "PermissionSetArn": granting.outputs["permission_set_arn"],
        "PrincipalType": "GROUP",
        "PrincipalId": granting.outputs["sign_in_group_id"],
    }
    elsewhere = {**way, "TargetId": other.outputs["account_id"]}
    for foreign in (elsewhere, {**way, "PermissionSetArn": made["PermissionSetArn"]}):
        center.create_account_assignment(**foreign)
        assert seen(world, granting, "sandbox_sign_in", Intent.ON) == (Standing.ON, ["foreign_way_in"])
        center.delete_account_assignment(**way)
        assert seen(world, granting, "sandbox_sign_in", Intent.ON) == (Standing.DIFFERS, ["foreign_way_in"])
        assert seen(world, granting, "sandbox_sign_in", Intent.FROZEN)[0] is Standing.ON
        granting.apply()
        assert seen(world, granting, "sandbox_sign_in", Intent.ON) == (Standing.ON, ["foreign_way_in"])
        granting.freeze({"sandbox_sign_in"})
        assert seen(world, granting, "sandbox_sign_in", Intent.FROZEN) == (Standing.OFF, [])
        granting.unfreeze()
    assert seen(world, other, "sandbox_sign_in", Intent.ON) == (Standing.ON, [])


def test_what_others_changed_in_shared_policies_is_seen_and_put_right(world: World) -> None:
    granting = granted(world, "cloud_sandbox")
    spoil_shared_policies(world)
    for step, code in (
        ("sandbox_guard_rail", "guard_rail_changed"),
        ("sandbox_sign_in", "permission_set_changed"),
    ):
        assert seen(world, granting, step, Intent.ON) == (Standing.DIFFERS, [code])
        world.steps[step].apply(granting.order, granting.outputs)
        assert seen(world, granting, step, Intent.ON) == (Standing.ON, [])


def test_a_seat_that_somebody_made_an_administrators_is_seen_and_put_right(world: World) -> None:
    """Who administers QuickSight sees the data of every partner."""
    granting = granted(world, "analytics")
    due = world.inventory.of("analytics")["seats"]
    make_administrators(world)
    assert seen(world, granting, "analytics_seats", Intent.ON) == (Standing.DIFFERS, ["seat_role_changed"])
    world.steps["analytics_seats"].apply(granting.order, granting.outputs)
    assert seen(world, granting, "analytics_seats", Intent.ON) == (Standing.ON, [])
    assert world.inventory.of("analytics")["seats"] == due


def test_a_workgroup_that_somebody_disabled_is_off_and_stays_so(world: World) -> None:
    granting = granted(world, "analytics")
    world.rewrite["athena:GetWorkGroup"] = lambda parsed: parsed["WorkGroup"].update(State="DISABLED")
    assert seen(world, granting, "analytics_workgroup", Intent.ON) == (Standing.OFF, [])


def raise_the_budget(parsed: dict[str, Any]) -> None:
    parsed["Budget"]["BudgetLimit"] = {"Amount": "9999.0", "Unit": "USD"}


def lift_the_limit(parsed: dict[str, Any]) -> None:
    parsed["WorkGroup"]["Configuration"]["EnforceWorkGroupConfiguration"] = False


UNKNOWN_TO_MOTO = {
    "sandbox_budget": ("cloud_sandbox", "budgets:DescribeBudget", "budgets.UpdateBudget", raise_the_budget),
    "analytics_workgroup": ("analytics", "athena:GetWorkGroup", "athena.UpdateWorkGroup", lift_the_limit),
}


@pytest.mark.parametrize("step", UNKNOWN_TO_MOTO)
def test_what_moto_cannot_change_is_seen_and_put_right(world: World, step: str) -> None:
    product, read, update, spoil = UNKNOWN_TO_MOTO[step]
    code = f"{step.partition('_')[2]}_changed"
    granting = granted(world, product)
    asked: list[dict[str, Any]] = []

    def answer(params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        asked.append(json.loads(params["body"]))
        world.rewrite.pop(read)
        return SimpleNamespace(status_code=200, headers={"Content-Length": "0"}, content=b"", url=""), {}

    client = getattr(world.aws.write, update.partition(".")[0])
    client.meta.events.register(f"before-call.{update}", answer)
    try:
        world.rewrite[read] = spoil
        assert seen(world, granting, step, Intent.ON) == (Standing.DIFFERS, [code])
        world.steps[step].apply(granting.order, granting.outputs)
        assert seen(world, granting, step, Intent.ON) == (Standing.ON, [])
    finally:
        client.meta.events.unregister(f"before-call.{update}", answer)
    [told] = asked
    limits = told.get("NewBudget") or told["ConfigurationUpdates"]
    assert limits.get("BudgetLimit") == {"Amount": "150", "Unit": "USD"} or limits == {
        "EnforceWorkGroupConfiguration": True,
        "BytesScannedCutoffPerQuery": granting.order.parameters["scan_limit_bytes"],
    }


def test_where_deny_all_is_refused_sessions_are_ended(world: World, hostile: HostileProxy) -> None:
    granting = granted(world, "cloud_sandbox")
    hostile.when("organizations:AttachPolicy", Mishap("AccessDeniedException", is_due=always))
    with pytest.raises(NotNow, match="access_denied"):
        world.steps["sandbox_unit"].freeze(granting.order, granting.outputs)
    iam = iam_of(world, granting.outputs["account_id"])
    policy = iam.get_role_policy(RoleName="gangway-partner", PolicyName="gangway-older-sessions")
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert set(statement["Condition"]) == {"DateLessThan"}
    hostile.clear()
    granting.undo()
    assert is_bare("cloud_sandbox", world.inventory.of("cloud_sandbox"))
