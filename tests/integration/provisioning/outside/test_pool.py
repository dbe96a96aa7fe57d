"""The pool on moto: accounts made once, moved under deny-all, taken by a grant, given back, looked into."""

import dataclasses
import re
from dataclasses import replace
from uuid import uuid4

import pytest
from botocore.session import get_session
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for

from chassis.failures import NeverPossible, NotNow
from provisioning.adapters.aws import names
from provisioning.adapters.aws.account_contents import IN_EACH_REGION, IN_NO_REGION, ListedContents
from provisioning.adapters.outside import Outside
from provisioning.domain.grant_states import Intent
from provisioning.domain.standings import Standing
from provisioning.handlers.account_ports import Place
from provisioning.handlers.advance_account import AccountOutside


def reach(world: World) -> AccountOutside:
    settings = dataclasses.replace(world.settings, sandbox_regions=("eu-central-1",))
    return Outside(settings, world.aws).accounts(should_leave=lambda: False)


def unit_of(world: World, account_id: str) -> str:
    organizations = world.inventory.aws("organizations")
    [parent] = organizations.list_parents(ChildId=account_id)["Parents"]
    if parent["Type"] == "ROOT":
        return "root"
    unit = organizations.describe_organizational_unit(OrganizationalUnitId=parent["Id"])
    return str(unit["OrganizationalUnit"]["Name"])


def test_an_account_is_made_once_and_found_again(world: World) -> None:
    vendor, key = reach(world).vendor, uuid4()
    assert vendor.find(key) is None
    world.lost_answer = 1
    with pytest.raises(NotNow):
        vendor.make(key)
    account_id = vendor.make(key)
    assert vendor.make(key) == account_id == vendor.find(key)
    assert [account["Id"] for account in world.inventory.accounts()] == [account_id]
    for place, unit in (
        (Place.AVAILABLE, "Available"),
        (Place.QUARANTINE, "Quarantine"),
        (Place.CLEAN_UP, "CleanUp"),
        (Place.CLOSED, "Closed"),
        (Place.OUTSIDE, "root"),
    ):
        assert vendor.place(key, account_id, place)
        assert unit_of(world, account_id) == unit
        assert vendor.is_at(account_id, place)
        assert vendor.is_ours(account_id) == (unit != "root")
    vendor.close(account_id)
    assert not vendor.place(key, account_id, Place.AVAILABLE)
    assert not vendor.is_at(account_id, Place.AVAILABLE)


def test_an_account_given_back_does_not_tell_who_had_it(world: World) -> None:
    """Also one that an earlier release named after its partner, and one that was on its way then."""
    organizations = world.inventory.aws("organizations")
    order = order_for("cloud_sandbox", "Muster Lab")
    made = organizations.create_account(
        AccountName=names.of_budget(order),
        Email=world.settings.account_email_pattern.format(key=order.grant_id.hex),
    )["CreateAccountStatus"]
    world.rewrite["organizations:ListAccounts"] = lambda parsed: parsed.update(Accounts=[])
    account_id = world.steps["sandbox_account"].apply(order, {})["account_id"]
    world.rewrite.clear()
    assert account_id == made["AccountId"], "not asked for twice because its name is another now"
    iam = world.aws.member(account_id)("iam", "us-east-1")
    vendor = reach(world).vendor
    for place in (Place.CLEAN_UP, Place.AVAILABLE):
        world.aws.member(account_id)("account", "us-east-1").put_account_name(AccountName="muster-lab")
        iam.create_account_alias(AccountAlias="muster-lab")
        assert vendor.place(order.grant_id, account_id, place)
        [account] = world.inventory.accounts()
        assert account["Name"] == names.of_account(order.grant_id)
        assert iam.list_account_aliases()["AccountAliases"] == []


def test_a_new_account_is_named_after_nobody(world: World) -> None:
    order = order_for("cloud_sandbox", "Muster Lab")
    granting = Granting(order, world.steps)
    granting.apply()
    account_id = granting.outputs["account_id"]
    [account] = world.inventory.accounts()
    tags = world.inventory.aws("organizations").list_tags_for_resource(ResourceId=account_id)["Tags"]
    assert account["Name"] == f"gangway-{order.grant_id.hex[-12:]}"
    assert tags == [{"Key": "gangway:grant", "Value": str(order.grant_id)}]


def test_the_organizations_own_account_is_nobodys_to_move(world: World) -> None:
    own_id = world.aws.caller.account_id
    with pytest.raises(NeverPossible):
        reach(world).vendor.place(uuid4(), own_id, Place.CLEAN_UP)
    assert not reach(world).vendor.is_ours(own_id)


def test_a_grant_uses_the_account_of_the_pool_and_leaves_it_to_be_emptied(world: World) -> None:
    vendor, key = reach(world).vendor, uuid4()
    account_id = vendor.make(key)
    vendor.place(key, account_id, Place.AVAILABLE)
    granting = Granting(order_for("cloud_sandbox"), world.steps)
    granting.outputs["account_id"] = account_id
    granting.apply()
    assert unit_of(world, account_id) == "Sandboxes"
    assert set(granting.standing().values()) == {Standing.ON}
    assert world.calls.count("organizations:CreateAccount") == 1

    granting.order = replace(granting.order, intent=Intent.OFF)
    granting.outputs |= {"account_goes_back": True, "account_is_open": False}
    granting.undo()
    assert unit_of(world, account_id) == "CleanUp"
    assert set(granting.standing().values()) == {Standing.ABSENT}
    assert "organizations:CloseAccount" not in world.calls
    assert vendor.place(key, account_id, Place.CLEAN_UP)


def test_each_list_is_one_of_its_service() -> None:
    """A slip would be told for every account that comes back, and none would be used again."""
    session = get_session()
    for one in (*IN_EACH_REGION, *IN_NO_REGION):
        client = session.create_client(one.service, "eu-central-1")
        operation = client.meta.service_model.operation_model(
            client.meta.method_to_api_mapping[one.operation]
        )
        assert re.split(r"\W", one.ids)[0] in operation.output_shape.members, one
        assert set(operation.input_shape.required_members) <= one.values.keys(), one
        assert one.values.keys() <= operation.input_shape.members.keys(), one


def test_what_is_left_in_an_account_is_named_and_aws_own_is_not(world: World) -> None:
    """A few of the lists: moto needs half a minute for all of them."""
    vendor, kinds = reach(world).vendor, {"instance", "volume", "vpc", "queue", "parameter", "tagged"}
    contents = ListedContents(
        world.aws,
        ["eu-central-1"],
        world.settings.member_account_role,
        once=[one for one in IN_NO_REGION if one.service in ("s3", "iam")],
        in_each=[one for one in IN_EACH_REGION if one.kind in kinds],
    )
    account_id = vendor.make(uuid4())
    assert list(contents.left(account_id)) == []
    inside = world.aws.member(account_id)
    inside("s3", "us-east-1").create_bucket(Bucket="left-behind")
    inside("iam", "us-east-1").create_user(UserName="somebody")
    inside("iam", "us-east-1").create_account_alias(AccountAlias="muster-lab")
    saml = f"<EntityDescriptor>{'x' * 1000}</EntityDescriptor>"
    for name in ("theirs", "AWSSSO_1234_DO_NOT_DELETE"):
        inside("iam", "us-east-1").create_saml_provider(Name=name, SAMLMetadataDocument=saml)
    inside("ssm", "eu-central-1").put_parameter(Name="their-secret", Value="x", Type="SecureString")
    inside("ec2", "eu-central-1").create_volume(AvailabilityZone="eu-central-1a", Size=1)
    inside("sqs", "eu-central-1").create_queue(QueueName="letters", tags={"a": "b"})
    left = contents.left(account_id)
    found = {thing.kind: thing.outside_id for thing in left}
    in_iam = {"account_alias", "user", "identity_provider"}
    assert {"bucket", "volume", "queue", "parameter", "tagged", *in_iam} == set(found)
    assert [one.outside_id[-7:] for one in left if one.kind == "identity_provider"] == ["/theirs"]
    assert found["bucket"] == "left-behind"


def test_who_was_given_a_way_into_an_account_by_hand_is_left_in_it(world: World) -> None:
    """Otherwise a former partner's person, who has an account elsewhere, would come into the next one's."""
    contents = ListedContents(
        world.aws, ["eu-central-1"], world.settings.member_account_role, once=(), in_each=()
    )
    account_id = reach(world).vendor.make(uuid4())
    center, store = world.inventory.aws("sso-admin"), world.inventory.aws("identitystore")
    [instance] = center.list_instances()["Instances"]
    which, store_id = {"InstanceArn": instance["InstanceArn"]}, instance["IdentityStoreId"]
    admins = center.create_permission_set(**which, Name="Admins")["PermissionSet"]["PermissionSetArn"]
    user_id = store.create_user(
        IdentityStoreId=store_id,
        UserName="zoe",
        DisplayName="Zoe",
        Name={"GivenName": "Z", "FamilyName": "Z"},
    )["UserId"]
    groups = [
        store.create_group(IdentityStoreId=store_id, DisplayName=name)["GroupId"]
        for name in (names.of_partner(order_for("cloud_sandbox")), "Auditors")
    ]
    for kind, principal in (("USER", user_id), *(("GROUP", one) for one in groups)):
        center.create_account_assignment(
            **which,
            TargetId=account_id,
            TargetType="AWS_ACCOUNT",
            PermissionSetArn=admins,
            PrincipalType=kind,
            PrincipalId=principal,
        )
    found = [(thing.kind, thing.outside_id) for thing in contents.left(account_id)]
    assert found == [("way_in", f"group {groups[0]}"), ("way_in", f"user {user_id}")]
    assert list(contents.left(reach(world).vendor.make(uuid4()))) == []
