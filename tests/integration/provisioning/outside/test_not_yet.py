"""What AWS does not know yet, denies or throttles is waited for; what never heals says its kind."""

from dataclasses import replace
from uuid import uuid4

import pytest
from tests.integration.provisioning.outside.hostile_proxy import (
    HostileProxy,
    Mishap,
    always,
    every_nth_write,
    on,
)
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for
from tests.unit.provisioning.step_contract import is_bare, owned

from chassis.failures import Kind, NotNow

pytestmark = pytest.mark.timeout(120)
DENIED = Mishap("AccessDeniedException", status=403)


def not_yet(code: str, message: str = "not yet", status: int = 400) -> Mishap:
    return Mishap(code, message, status)


SINGLE = [
    ("cloud_sandbox", "iam:PutRolePolicy", not_yet("NoSuchEntity", status=404)),
    ("cloud_sandbox", "iam:CreateRole", not_yet("MalformedPolicyDocument", "Invalid principal in policy")),
    ("cloud_sandbox", "iam:CreatePolicy", not_yet("InvalidClientTokenId", status=403)),
    ("cloud_sandbox", "sts:AssumeRole", not_yet("AccessDenied", status=403)),
    ("cloud_sandbox", "organizations:ListParents", not_yet("ChildNotFoundException")),
    ("cloud_sandbox", "organizations:MoveAccount", not_yet("AccountNotFoundException")),
    ("cloud_sandbox", "organizations:AttachPolicy", not_yet("TargetNotFoundException")),
    ("cloud_sandbox", "budgets:CreateBudget", not_yet("InvalidParameterException", "unknown principal")),
    ("cloud_sandbox", "identitystore:CreateGroupMembership", not_yet("ResourceNotFoundException")),
    ("cloud_sandbox", "sso-admin:CreateAccountAssignment", not_yet("ResourceNotFoundException")),
    ("analytics", "athena:CreateWorkGroup", not_yet("OptInRequired", status=403)),
    ("analytics", "glue:CreateDatabase", not_yet("OperationTimeoutException")),
    ("analytics", "lakeformation:GrantPermissions", not_yet("InvalidInputException", "Invalid principal")),
    ("analytics", "quicksight:CreateGroupMembership", not_yet("ResourceNotFoundException", status=404)),
    ("iot", "iot:AttachThingPrincipal", not_yet("ResourceNotFoundException", status=404)),
    ("iot", "iot:CreateThing", not_yet("SubscriptionRequiredException")),
]


@pytest.mark.parametrize("product", ["cloud_sandbox", "analytics", "iot"])
def test_one_answer_of_each_is_waited_for(hostile: HostileProxy, world: World, product: str) -> None:
    asked = [(operation, mishap) for of, operation, mishap in SINGLE if of == product]
    for operation, mishap in asked:
        hostile.when(operation, replace(mishap, calls=0))
    granting = Granting(order_for(product), world.steps)
    granting.apply()

    assert granting.cut_off
    assert granting.cut_off.kind in {Kind.EVENTUAL_CONSISTENCY, Kind.DENIED, Kind.UNAVAILABLE}
    assert all(hostile.calls.count(operation) > 1 for operation, _ in asked)
    hostile.clear()
    granting.undo()
    assert is_bare(product, world.inventory.of(product))


@pytest.mark.parametrize("product", ["cloud_sandbox", "analytics", "iot"])
def test_every_write_is_denied_once_and_then_done_without_an_answer(
    hostile: HostileProxy, world: World, product: str
) -> None:
    """Making, switching and taking away: at each step of each direction."""
    lost = Mishap(is_lost=True)

    def every(operation: str, number: int) -> Mishap | None:
        if operation.split(":")[1].startswith(("Describe", "List", "Get", "AssumeRole")):
            return None
        return {1: DENIED, 2: lost}.get(number)

    granting = Granting(order_for(product), world.steps, tries_most=40)
    for verb in ("apply", "freeze", "unfreeze", "undo"):
        hostile.clear()
        hostile.every = every
        getattr(granting, verb)()
    hostile.clear()

    left = owned(product, world.inventory.of(product))
    accounts = left.pop("accounts", [])
    assert all(status == "SUSPENDED" for _, status, *_ in accounts), "with what is inside"
    assert not any(left.values())


def test_a_denial_that_never_heals_says_so_and_names_the_call(hostile: HostileProxy, world: World) -> None:
    hostile.when("glue:CreateDatabase", replace(DENIED, is_due=always))
    with pytest.raises(NotNow, match="CreateDatabase") as caught:
        world.steps["analytics_database"].apply(order_for("analytics"), {})

    assert caught.value.kind is Kind.DENIED


def test_the_wait_that_aws_asks_for_arrives(hostile: HostileProxy, world: World) -> None:
    busy = Mishap("ThrottlingException", headers={"Retry-After": "30"}, is_due=always)
    hostile.when("glue:CreateDatabase", busy)
    with pytest.raises(NotNow) as caught:
        world.steps["analytics_database"].apply(order_for("analytics"), {})

    assert caught.value.retry_after
    assert caught.value.retry_after.total_seconds() == 30


def test_fifty_people_get_in_though_every_eighth_write_is_throttled(
    hostile: HostileProxy, world: World
) -> None:
    order = order_for("analytics")
    one = order.members[0]
    members = tuple(replace(one, member_id=uuid4(), email=f"p{number}@x.example") for number in range(50))
    granting = Granting(replace(order, members=members), world.steps)
    hostile.every = every_nth_write(8, Mishap("ThrottlingException", status=429))
    granting.apply()

    assert len(world.inventory.of("analytics")["seats"]) == 50
    assert hostile.calls.count("quicksight:RegisterUser") < 60, "who is seated is not seated again"


def test_an_account_that_is_not_listed_yet_is_not_taken_for_gone(hostile: HostileProxy, world: World) -> None:
    granting = Granting(order_for("cloud_sandbox"), world.steps)
    granting.apply()
    hostile.when("organizations:DescribeAccount", Mishap("AccountNotFoundException", is_due=on(1, 2)))
    with pytest.raises(NotNow, match="account_not_seen_yet"):
        world.steps["sandbox_unit"].freeze(granting.order, granting.outputs)
    granting.undo()

    assert [account["Status"] for account in world.inventory.accounts()] == ["SUSPENDED"]


def test_closing_that_is_refused_for_30_days_is_waited_for_and_said(
    hostile: HostileProxy, world: World
) -> None:
    granting = Granting(order_for("cloud_sandbox"), world.steps)
    granting.apply()
    reason = {"Reason": "CLOSE_ACCOUNT_QUOTA_EXCEEDED"}
    hostile.when("organizations:CloseAccount", Mishap("ConstraintViolationException", more=reason))
    with pytest.raises(NotNow, match="account_quarantined") as caught:
        world.steps["sandbox_account"].undo(granting.order, granting.outputs)

    assert (caught.value.kind, "30 days" in caught.value.message) == (Kind.QUOTA, True)
    assert caught.value.retry_after
