"""A cloud sandbox: the account is made once, however AWS answers; the brakes are on."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for

from chassis.failures import NeverPossible, NotNow
from provisioning.domain.standings import Standing


def answer_creations_with(world: World, **changed: Any) -> None:
    """Let AWS say something else about the making of accounts, and not list them yet."""

    def change(status: dict[str, Any]) -> None:
        if changed["State"] != "SUCCEEDED":
            status.pop("AccountId", None)
        status.update(changed)

    def change_all(parsed: dict[str, Any]) -> None:
        for status in parsed["CreateAccountStatuses"]:
            change(status)

    world.rewrite["organizations:CreateAccount"] = lambda parsed: change(parsed["CreateAccountStatus"])
    world.rewrite["organizations:ListCreateAccountStatus"] = change_all
    world.rewrite["organizations:ListAccounts"] = lambda parsed: parsed.update(Accounts=[])


@pytest.mark.parametrize("state", ["IN_PROGRESS", "INVENTED_LATER"])
def test_while_aws_makes_the_account_nothing_is_asked_for_again(world: World, state: str) -> None:
    order, step = order_for("cloud_sandbox"), world.steps["sandbox_account"]
    answer_creations_with(world, State=state)
    for _ in range(3):
        with pytest.raises(NotNow) as caught:
            step.apply(order, {})
        assert caught.value.code == "account_under_way"
        assert caught.value.retry_after
    with pytest.raises(NotNow):
        step.undo(order, {})

    answer_creations_with(world, State="SUCCEEDED")
    made_before_it_is_listed = step.apply(order, {})
    world.rewrite.clear()

    assert step.apply(order, {}) == made_before_it_is_listed
    assert world.calls.count("organizations:CreateAccount") == 1
    assert len(world.inventory.accounts()) == 1


def test_an_account_that_is_made_but_not_listed_yet_is_closed_all_the_same(world: World) -> None:
    order, step = order_for("cloud_sandbox"), world.steps["sandbox_account"]
    step.apply(order, {})
    world.rewrite["organizations:ListAccounts"] = lambda parsed: parsed.update(Accounts=[])
    step.undo(order, {})
    step.undo(order, {})
    world.rewrite.clear()

    assert world.calls.count("organizations:CloseAccount") == 1
    assert [account["Status"] for account in world.inventory.accounts()] == ["SUSPENDED"]


def test_a_fresh_failure_is_reported_and_an_old_one_is_history(world: World) -> None:
    order, step = order_for("cloud_sandbox"), world.steps["sandbox_account"]
    now = datetime.now(UTC)
    answer_creations_with(
        world, State="FAILED", FailureReason="MISSING_PAYMENT_INSTRUMENT", CompletedTimestamp=now
    )
    for _ in range(2):
        with pytest.raises(NeverPossible) as caught:
            step.apply(order, {})
        assert caught.value.code == "account_missing_payment_instrument"
    assert world.calls.count("organizations:CreateAccount") == 1

    old = now - timedelta(hours=1)
    answer_creations_with(
        world, State="FAILED", FailureReason="MISSING_PAYMENT_INSTRUMENT", CompletedTimestamp=old
    )
    del world.rewrite["organizations:CreateAccount"]
    step.apply(order, {})
    assert world.calls.count("organizations:CreateAccount") == 2


def test_what_passes_is_tried_again(world: World) -> None:
    answer_creations_with(
        world, State="FAILED", FailureReason="INTERNAL_FAILURE", CompletedTimestamp=datetime.now(UTC)
    )

    with pytest.raises(NotNow) as caught:
        world.steps["sandbox_account"].apply(order_for("cloud_sandbox"), {})
    assert caught.value.retry_after is None, "it counts as a failure"


def test_all_pages_of_accounts_are_looked_at_also_empty_ones(world: World) -> None:
    order, step = order_for("cloud_sandbox"), world.steps["sandbox_account"]
    for number in range(25):
        world.inventory.aws("organizations").create_account(
            AccountName=f"other-{number}", Email=f"other-{number}@example.com"
        )
    made = step.apply(order, {})
    world.forget()

    def empty_unless_ours(parsed: dict[str, Any]) -> None:
        if all(account["Name"] != made["account_name"] for account in parsed["Accounts"]):
            parsed["Accounts"] = []

    world.rewrite["organizations:ListAccounts"] = empty_unless_ours

    assert step.apply(order, {}) == made
    assert world.calls == ["organizations:ListAccounts"] * 2
    assert len(world.inventory.accounts()) == 26


def test_too_many_closures_put_the_account_in_quarantine(world: World) -> None:
    granting = Granting(order_for("cloud_sandbox"), world.steps)
    granting.apply()

    def refuse(_: dict[str, Any]) -> None:
        error = {"Code": "ConstraintViolationException", "Message": "too many"}
        raise ClientError({"Error": error, "Reason": "CLOSE_ACCOUNT_QUOTA_EXCEEDED"}, "CloseAccount")  # type: ignore[typeddict-item]

    world.rewrite["organizations:CloseAccount"] = refuse
    world.steps["sandbox_unit"].undo(granting.order, granting.outputs)
    with pytest.raises(NotNow) as caught:
        world.steps["sandbox_account"].undo(granting.order, granting.outputs)

    assert caught.value.code == "account_quarantined"
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > timedelta(hours=1)


def test_a_closed_account_is_not_used_again(world: World) -> None:
    granting = Granting(order_for("cloud_sandbox"), world.steps)
    granting.apply()
    granting.undo()

    with pytest.raises(NeverPossible, match="account_closed"):
        world.steps["sandbox_account"].apply(granting.order, {})


@pytest.mark.parametrize(("switch", "unit"), [("freeze", "Suspended"), ("undo", "Closed")])
def test_a_switched_off_account_stands_where_everything_is_denied(
    world: World, switch: str, unit: str
) -> None:
    granting = Granting(order_for("cloud_sandbox"), world.steps)
    granting.apply()
    getattr(granting, switch)()
    organizations = world.inventory.aws("organizations")
    unit_id = organizations.list_parents(ChildId=granting.outputs["account_id"])["Parents"][0]["Id"]
    described = organizations.describe_organizational_unit(OrganizationalUnitId=unit_id)
    attached = organizations.list_policies_for_target(TargetId=unit_id, Filter="SERVICE_CONTROL_POLICY")

    assert described["OrganizationalUnit"]["Name"] == unit
    assert "gangway-deny-all" in {policy["Name"] for policy in attached["Policies"]}


def test_policies_fit_into_what_aws_takes(world: World) -> None:
    """A service control policy may have 5,120 characters."""
    Granting(order_for("cloud_sandbox"), world.steps).apply()
    organizations = world.inventory.aws("organizations")
    for policy in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]:
        content = organizations.describe_policy(PolicyId=policy["Id"])["Policy"]["Content"]
        assert len(content) <= 5120
        assert json.loads(content)["Version"] == "2012-10-17"


def test_a_guard_rail_that_somebody_changed_is_put_right(world: World) -> None:
    granting = Granting(order_for("cloud_sandbox"), world.steps)
    granting.apply()
    organizations = world.inventory.aws("organizations")
    policy_id = granting.outputs["guard_rail_id"]
    right = organizations.describe_policy(PolicyId=policy_id)["Policy"]["Content"]
    organizations.update_policy(PolicyId=policy_id, Content='{"Version": "2012-10-17", "Statement": []}')

    seen = world.steps["sandbox_guard_rail"].observe(granting.order, granting.outputs)
    granting.apply()

    assert [one.code for one in seen.differences] == ["guard_rail_changed"]

    assert organizations.describe_policy(PolicyId=policy_id)["Policy"]["Content"] == right


def test_with_other_limits_another_guard_rail_takes_its_place(world: World) -> None:
    """What stood before stays on until the new one is, and other sandboxes keep theirs."""
    granting = Granting(order_for("cloud_sandbox"), world.steps)
    granting.apply()
    step, account_id = world.steps["sandbox_guard_rail"], granting.outputs["account_id"]
    before = granting.outputs["guard_rail_id"]
    small = {**granting.order.parameters, "allowed_instance_types": ["t3.*"]}
    order = replace(granting.order, parameters=small)

    assert [one.code for one in step.observe(order, granting.outputs).differences] == ["guard_rail_changed"]
    granting.outputs |= step.apply(order, granting.outputs)

    assert step.observe(order, granting.outputs).standing is Standing.ON
    organizations = world.inventory.aws("organizations")
    attached = organizations.list_policies_for_target(TargetId=account_id, Filter="SERVICE_CONTROL_POLICY")
    ours = {one["Id"] for one in attached["Policies"] if one["Name"].startswith("gangway-")}
    assert ours == {granting.outputs["guard_rail_id"]} != {before}
    assert organizations.describe_policy(PolicyId=before)["Policy"]["Content"]


def test_a_guard_rail_that_was_never_noted_is_taken_off_too(world: World) -> None:
    """The worker was killed behind the call, and then the plan was changed again, or ended."""
    granting = Granting(order_for("cloud_sandbox"), world.steps)
    granting.apply()
    step, account_id = world.steps["sandbox_guard_rail"], granting.outputs["account_id"]
    orders = [
        replace(granting.order, parameters={**granting.order.parameters, "allowed_instance_types": types})
        for types in (["t3.*"], ["m5.*"])
    ]

    def ours() -> list[str]:
        listed = world.inventory.aws("organizations").list_policies_for_target(
            TargetId=account_id, Filter="SERVICE_CONTROL_POLICY"
        )
        return [one["Id"] for one in listed["Policies"] if one["Name"].startswith("gangway-guard-rail")]

    step.apply(orders[0], granting.outputs)
    granting.outputs |= step.apply(orders[1], granting.outputs)
    assert ours() == [granting.outputs["guard_rail_id"]]
    step.apply(orders[0], granting.outputs)
    step.undo(orders[0], granting.outputs)
    assert ours() == []


def test_a_guard_rail_with_limits_goes_with_the_last_sandbox_that_has_it(world: World) -> None:
    first, second = (Granting(order_for("cloud_sandbox"), world.steps) for _ in range(2))
    step = world.steps["sandbox_guard_rail"]
    organizations = world.inventory.aws("organizations")
    # Limits that no other test has, so that no other sandbox keeps the policy.
    limits = {"allowed_services": ["ec2", "s3", "lambda", "sqs"]}
    orders = []
    for one in (first, second):
        one.apply()
        orders.append(replace(one.order, parameters={**one.order.parameters, **limits}))
        one.outputs |= step.apply(orders[-1], one.outputs)
    shared = first.outputs["guard_rail_id"]
    assert shared == second.outputs["guard_rail_id"]

    def stands() -> bool:
        pages = organizations.get_paginator("list_policies").paginate(Filter="SERVICE_CONTROL_POLICY")
        return shared in {one["Id"] for page in pages for one in page["Policies"]}

    step.undo(orders[0], first.outputs)
    assert stands()
    step.undo(orders[1], second.outputs)
    assert not stands()


def test_a_person_whom_we_did_not_make_is_let_in_and_never_deleted(world: World) -> None:
    order = order_for("cloud_sandbox")
    store = world.inventory.aws("identitystore")
    center = world.inventory.aws("sso-admin")
    store_id = center.list_instances()["Instances"][0]["IdentityStoreId"]
    store.create_user(
        IdentityStoreId=store_id,
        UserName=order.members[0].email,
        DisplayName="Was here",
        Name={"GivenName": "Was", "FamilyName": "Here"},
        Emails=[{"Value": order.members[0].email}],
    )
    granting = Granting(order, world.steps)
    granting.apply()
    assert len(world.inventory.of("cloud_sandbox")["users"]) == 2
    granting.undo()

    assert world.inventory.of("cloud_sandbox")["users"] == [order.members[0].email]


def test_an_assignment_that_takes_its_time_is_waited_for(world: World) -> None:
    def in_progress(parsed: dict[str, Any]) -> None:
        parsed["AccountAssignmentCreationStatus"]["Status"] = "IN_PROGRESS"

    world.rewrite["sso-admin:CreateAccountAssignment"] = in_progress
    Granting(order_for("cloud_sandbox"), world.steps).apply()

    assert "sso-admin:DescribeAccountAssignmentCreationStatus" in world.calls


def test_an_assignment_that_fails_is_a_cause(world: World) -> None:
    def failed(parsed: dict[str, Any]) -> None:
        status = parsed["AccountAssignmentCreationStatus"]
        status.update(Status="FAILED", FailureReason="no such account for zoe@example.com")

    granting = Granting(order_for("cloud_sandbox"), world.steps)
    granting.apply()
    granting.undo()
    world.rewrite["sso-admin:CreateAccountAssignment"] = failed
    with pytest.raises(NotNow, match=r"no such account for \[address\]"):
        world.steps["sandbox_sign_in"].apply(granting.order, granting.outputs)


def test_what_all_share_is_not_looked_up_for_each_partner(world: World) -> None:
    Granting(order_for("cloud_sandbox"), world.steps).apply()
    world.forget()
    Granting(order_for("cloud_sandbox"), world.steps).apply()

    shared = {"ListRoots", "ListOrganizationalUnitsForParent", "ListPolicies", "DescribePolicy"}
    shared |= {"ListInstances", "ListPermissionSets", "GetInlinePolicyForPermissionSet"}
    asked = [call.partition(":")[2] for call in world.calls]
    assert shared.isdisjoint(asked)
    assert len(asked) == 25


def test_who_failed_looks_again_for_what_all_share(world: World) -> None:
    Granting(order_for("cloud_sandbox"), world.steps).apply()
    granting = Granting(order_for("cloud_sandbox"), world.steps)
    world.forget()
    world.lost_answer = 1
    granting.apply()

    assert granting.cut_off is not None
    for call in ("organizations:ListPolicies", "sso-admin:ListPermissionSets"):
        assert call in world.calls
