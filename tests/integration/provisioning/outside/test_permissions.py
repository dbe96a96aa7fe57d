"""The document of permissions names what the service really does in AWS, and nothing else."""

import contextlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.integration.provisioning.outside.test_results import results_bucket
from tests.integration.provisioning.outside.test_sweeping import every
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for
from tests.unit.provisioning.products import PRODUCTS

from provisioning.adapters.aws.cost_explorer import CostExplorer
from provisioning.adapters.aws.s3_results import S3Results

DOCUMENT = Path(__file__).parents[4] / "docs" / "aws-permissions.json"
WITHOUT_A_CALL = {"AfterOthersInterfered", "TagsGivenWhileCreating", "NeededByLakeFormationItself"}
INSIDE_A_SANDBOX = {
    "iam:CreatePolicy",
    "iam:CreateRole",
    "iam:DeletePolicy",
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListInstanceProfilesForRole",
    "iam:ListPolicyVersions",
    "iam:ListRolePolicies",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
}


def test_the_document_is_what_is_called(world: World) -> None:
    do_everything(world)
    called = {permission_for(call) for call in world.calls if not call.startswith("scim:")}

    assert {action for action in called if action.startswith("iam:")} == INSIDE_A_SANDBOX
    assert called - INSIDE_A_SANDBOX == documented()


def documented() -> set[str]:
    statements = json.loads(DOCUMENT.read_text())["Statement"]
    return {
        action
        for statement in statements
        if statement["Sid"] not in WITHOUT_A_CALL
        for action in statement["Action"]
    }


def permission_for(call: str) -> str:
    """Three services name their permissions otherwise than their operations."""
    service, operation = call.split(":")
    if service == "s3":
        return {"ListObjectVersions": "s3:ListBucketVersions", "DeleteObjects": "s3:DeleteObjectVersion"}[
            operation
        ]
    if service == "budgets":
        return f"budgets:{'View' if operation.startswith('Describe') else 'Modify'}Budget"
    return f"{'sso' if service == 'sso-admin' else service}:{operation}"


def do_everything(world: World) -> None:
    """A whole life of each product, with what is called only when AWS takes its time or things changed."""

    def in_progress(parsed: dict[str, Any]) -> None:
        for status in parsed.values():
            if isinstance(status, dict) and "RequestId" in status:
                status["Status"] = "IN_PROGRESS"

    read_bills(world)
    world.rewrite["sso-admin:CreateAccountAssignment"] = in_progress
    world.rewrite["sso-admin:DeleteAccountAssignment"] = in_progress
    for product in PRODUCTS:
        granting = Granting(order_for(product), world.steps)
        granting.apply()
        spoil_shared_policies(world)
        granting.standing()
        if product == "analytics":
            make_administrators(world)
        granting.apply()
        granting.standing()
        granting.freeze()
        granting.unfreeze()
        if product == "iot":
            world.key_vault.read(granting.order, granting.outputs)
        sweep(world)
        if product == "cloud_sandbox":
            world.steps["sandbox_role"].undo(granting.order, granting.outputs)
            granting.standing()
            limited = replace(
                granting.order, parameters={**granting.order.parameters, "allowed_services": ["sqs"]}
            )
            world.steps["sandbox_guard_rail"].apply(limited, granting.outputs)
        granting.undo()
        if product == "analytics":
            delete_results(world, granting.outputs["results_location"])


def make_administrators(world: World) -> None:
    quicksight = world.inventory.aws("quicksight")
    where: dict[str, Any] = {"AwsAccountId": world.aws.caller.account_id, "Namespace": "default"}
    for user in quicksight.list_users(**where)["UserList"]:
        quicksight.update_user(**where, UserName=user["UserName"], Email=user["Email"], Role="ADMIN")


def delete_results(world: World, location: str) -> None:
    results = results_bucket(world)
    results.put_object(Key=f"{location.removeprefix('s3://gangway-analytics-results/')}1.csv", Body=b"1")
    S3Results(world.aws).delete_some(location, datetime.now(UTC) + timedelta(days=1))


def read_bills(world: World) -> None:
    day = date(2026, 11, 1)
    CostExplorer(world.aws).read(["111111111111"], day, day + timedelta(days=1))


def sweep(world: World) -> None:
    """List everything, and look for each; what is removed is removed as the steps do it."""
    for inventory in every(world).values():
        page = inventory.page(None)
        for thing in page.things:
            inventory.find(thing.outside_id)


def spoil_shared_policies(world: World) -> None:
    organizations, center = world.inventory.aws("organizations"), world.inventory.aws("sso-admin")
    nothing = json.dumps({"Version": "2012-10-17", "Statement": []})
    for policy in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]:
        if policy["Name"].startswith("gangway"):
            organizations.update_policy(PolicyId=policy["Id"], Content=nothing)
    instance_arn = center.list_instances()["Instances"][0]["InstanceArn"]
    for arn in center.list_permission_sets(InstanceArn=instance_arn)["PermissionSets"]:
        center.put_inline_policy_to_permission_set(
            InstanceArn=instance_arn, PermissionSetArn=arn, InlinePolicy=nothing
        )
        which = {"InstanceArn": instance_arn, "PermissionSetArn": arn}
        with contextlib.suppress(center.exceptions.ConflictException):
            center.attach_managed_policy_to_permission_set(
                **which, ManagedPolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
            )
            center.attach_customer_managed_policy_reference_to_permission_set(
                **which, CustomerManagedPolicyReference={"Name": "theirs", "Path": "/"}
            )
