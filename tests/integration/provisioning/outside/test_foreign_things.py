"""What others did outside: ours goes, theirs stays, and nothing of theirs keeps ours on."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.provisioning.outside.hostile_proxy import HostileProxy, Mishap, always
from tests.integration.provisioning.outside.world import World
from tests.unit.provisioning.granting import Granting, order_for
from tests.unit.provisioning.step_contract import is_bare

from chassis.failures import Failure, Kind, NeverPossible
from provisioning.adapters.aws import policy_documents
from provisioning.adapters.aws.device_certificate import DeviceCertificate

SCP = "SERVICE_CONTROL_POLICY"
NOTHING = json.dumps({"Version": "2012-10-17", "Statement": []})


def granted(world: World, product: str) -> Granting:
    granting = Granting(order_for(product), world.steps)
    granting.apply()
    return granting


def iam_of(world: World, account_id: str) -> Any:
    role = f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole"
    assumed = world.inventory.aws("sts").assume_role(RoleArn=role, RoleSessionName="partner")["Credentials"]
    return world.inventory.aws(
        "iam",
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )


def statuses(world: World) -> dict[str, str]:
    listed = world.inventory.aws("iot").list_certificates()["certificates"]
    return {each["certificateId"]: each["status"] for each in listed}


def foreign_certificate(world: World) -> str:
    made = DeviceCertificate.create("someone-else")
    registered = world.inventory.aws("iot").register_certificate_without_ca(
        certificatePem=made.certificate_pem, status="ACTIVE"
    )
    return str(registered["certificateArn"])


class TestSandbox:
    def test_what_the_partner_did_inside_keeps_the_account_from_nothing(self, world: World) -> None:
        granting = granted(world, "cloud_sandbox")
        iam = iam_of(world, granting.outputs["account_id"])
        boundary = granting.outputs["boundary_arn"]
        document = json.dumps(policy_documents.partner())
        trust = json.dumps(policy_documents.trust(f"arn:aws:iam::{granting.outputs['account_id']}:root"))
        iam.create_policy_version(PolicyArn=boundary, PolicyDocument=document, SetAsDefault=True)
        iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=trust, PermissionsBoundary=boundary)
        theirs = iam.create_policy(PolicyName="theirs", PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="gangway-partner", PolicyArn=theirs)
        iam.put_role_policy(RoleName="gangway-partner", PolicyName="more", PolicyDocument=document)
        iam.create_instance_profile(InstanceProfileName="theirs")
        iam.add_role_to_instance_profile(InstanceProfileName="theirs", RoleName="gangway-partner")
        granting.undo()

        assert [role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"] == "theirs"]
        assert "gangway-partner" not in {role["RoleName"] for role in iam.list_roles()["Roles"]}
        assert [each["Status"] for each in world.inventory.accounts()] == ["SUSPENDED"]

    @pytest.mark.parametrize("call", ["iam:DeleteRole", "iam:DeletePolicy", "sts:AssumeRole"])
    def test_what_cannot_be_taken_away_inside_is_left_and_said(
        self, world: World, hostile: HostileProxy, caplog: pytest.LogCaptureFixture, call: str
    ) -> None:
        granting = granted(world, "cloud_sandbox")
        code = "AccessDenied" if call.startswith("sts") else "DeleteConflict"
        hostile.when(call, Mishap(code, status=409, is_due=always))
        granting.undo()

        assert [each["Status"] for each in world.inventory.accounts()] == ["SUSPENDED"]
        assert "resource left inside the account" in caplog.messages

    def unit_of(self, world: World, granting: Granting) -> str:
        parents = world.inventory.aws("organizations").list_parents(ChildId=granting.outputs["account_id"])
        return str(parents["Parents"][0]["Id"])

    def denied(self, world: World, granting: Granting) -> bool:
        """Whether everything is denied on the account itself."""
        organizations, account_id = world.inventory.aws("organizations"), granting.outputs["account_id"]
        attached = organizations.list_policies_for_target(TargetId=account_id, Filter=SCP)["Policies"]
        return "gangway-deny-all" in {policy["Name"] for policy in attached}

    def moved(self, world: World, granting: Granting, *, is_beside_ours: bool) -> str:
        organizations = world.inventory.aws("organizations")
        parent = organizations.list_roots()["Roots"][0]["Id"]
        if is_beside_ours:
            ours = self.unit_of(world, granting)
            parent = organizations.list_parents(ChildId=ours)["Parents"][0]["Id"]
        unit = organizations.create_organizational_unit(ParentId=parent, Name="Security")[
            "OrganizationalUnit"
        ]
        organizations.move_account(
            AccountId=granting.outputs["account_id"],
            SourceParentId=self.unit_of(world, granting),
            DestinationParentId=unit["Id"],
        )
        return str(unit["Id"])

    @pytest.mark.parametrize("is_beside_ours", [False, True])
    def test_an_account_in_a_unit_of_others_is_denied_everything_and_never_pulled_out(
        self, world: World, is_beside_ours: bool
    ) -> None:
        granting = granted(world, "cloud_sandbox")
        unit = self.moved(world, granting, is_beside_ours=is_beside_ours)
        granting.freeze()
        assert (self.unit_of(world, granting), self.denied(world, granting)) == (unit, True)
        for verb in ("unfreeze", "apply"):
            with pytest.raises(NeverPossible, match="account_moved_elsewhere") as caught:
                getattr(world.steps["sandbox_unit"], verb)(granting.order, granting.outputs)
            assert caught.value.kind is Kind.DRIFT
        assert (self.unit_of(world, granting), self.denied(world, granting)) == (unit, True)
        granting.undo()
        assert [each["Status"] for each in world.inventory.accounts()] == ["SUSPENDED"]

    @pytest.mark.parametrize(
        ("operation", "is_due"), [("MoveAccount", always), ("AttachPolicy", lambda number: number == 1)]
    )
    def test_a_move_that_is_refused_leaves_nothing_on(
        self, world: World, hostile: HostileProxy, operation: str, is_due: Callable[[int], bool]
    ) -> None:
        """Or a unit that takes no further policy."""
        granting = granted(world, "cloud_sandbox")
        refused = Mishap("ConstraintViolationException", more={"Reason": "NEW"}, is_due=is_due)
        hostile.when(f"organizations:{operation}", refused)
        with pytest.raises(Failure):
            world.steps["sandbox_unit"].freeze(granting.order, granting.outputs)
        assert self.denied(world, granting)
        hostile.clear()
        granting.freeze()
        granting.unfreeze()
        assert not self.denied(world, granting)

    def test_an_account_closed_by_hand_is_not_given_back(self, world: World) -> None:
        granting = granted(world, "cloud_sandbox")
        granting.freeze()
        world.inventory.aws("organizations").close_account(AccountId=granting.outputs["account_id"])
        with pytest.raises(NeverPossible, match="account_closed") as caught:
            granting.unfreeze()
        assert caught.value.kind is Kind.DRIFT
        granting.undo()

    def test_a_user_name_that_differs_in_case_only_is_the_same_person(
        self, world: World, hostile: HostileProxy
    ) -> None:
        order = order_for("cloud_sandbox")
        store, center = world.inventory.aws("identitystore"), world.inventory.aws("sso-admin")
        store_id = center.list_instances()["Instances"][0]["IdentityStoreId"]
        name = order.members[0].email.upper()
        store.create_user(
            IdentityStoreId=store_id,
            UserName=name,
            DisplayName="Zoe",
            Name={"GivenName": "Zoe", "FamilyName": "Zoe"},
            Emails=[{"Value": name}],
        )
        hostile.when("identitystore:CreateUser", Mishap("ConflictException"))
        Granting(order, world.steps).apply()

        things = world.inventory.of("cloud_sandbox")
        assert sorted(things["users"]) == sorted([name, order.members[1].email])
        assert len(things["memberships"]) == 2


class TestIot:
    def test_our_certificate_on_a_second_thing_goes_and_the_thing_stays(self, world: World) -> None:
        granting = granted(world, "iot")
        iot = world.inventory.aws("iot")
        iot.create_thing(thingName="theirs")
        iot.attach_thing_principal(thingName="theirs", principal=granting.outputs["certificate_arn"])
        granting.undo()

        assert statuses(world) == {}
        assert world.inventory.of("iot")["things"] == ["theirs"]

    def test_a_foreign_certificate_on_our_gateway_is_left_as_it_is(self, world: World) -> None:
        granting = granted(world, "iot")
        iot, theirs = world.inventory.aws("iot"), foreign_certificate(world)
        theirs_id = theirs.rsplit("/", 1)[1]
        iot.attach_thing_principal(thingName=granting.outputs["thing_name"], principal=theirs)
        before = granting.outputs["certificate_id"]
        granting.apply()
        assert granting.outputs["certificate_id"] == before
        granting.freeze()
        assert statuses(world) == {before: "INACTIVE", theirs_id: "ACTIVE"}
        granting.undo()
        assert statuses(world) == {theirs_id: "ACTIVE"}
        assert world.inventory.of("iot")["things"] == []

    @pytest.mark.parametrize("put_away", ["scheduled", "deleted", "overwritten"])
    def test_the_key_may_be_put_away_and_the_certificate_is_switched_off(
        self, world: World, put_away: str
    ) -> None:
        granting = granted(world, "iot")
        secrets, name = world.inventory.aws("secretsmanager"), granting.outputs["secret_name"]
        world.inventory.aws("iot").detach_thing_principal(
            thingName=granting.outputs["thing_name"], principal=granting.outputs["certificate_arn"]
        )
        if put_away == "overwritten":
            secrets.put_secret_value(SecretId=name, SecretString='{"other": 1}')
        else:
            secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=put_away == "deleted")
        granting.freeze()
        assert set(statuses(world).values()) == {"INACTIVE"}
        granting.undo()
        assert not any(world.inventory.of("iot").values())

    def test_a_key_scheduled_for_deletion_before_anything_was_noted_is_recalled(self, world: World) -> None:
        granting = granted(world, "iot")
        secrets = world.inventory.aws("secretsmanager")
        secrets.delete_secret(SecretId=granting.outputs["secret_name"], RecoveryWindowInDays=7)
        for fact in ("secret_name", "certificate_id", "certificate_arn"):
            del granting.outputs[fact]
        granting.undo()

        assert not any(world.inventory.of("iot").values())

    def test_a_certificate_that_somebody_revoked_stays_revoked(self, world: World) -> None:
        granting = granted(world, "iot")
        certificate_id = granting.outputs["certificate_id"]
        world.inventory.aws("iot").update_certificate(certificateId=certificate_id, newStatus="REVOKED")
        with pytest.raises(NeverPossible, match="certificate_revoked") as caught:
            granting.unfreeze()

        assert caught.value.kind is Kind.DRIFT
        assert statuses(world) == {certificate_id: "REVOKED"}

    def test_what_others_put_into_our_group_and_policy_stays_and_ours_goes(self, world: World) -> None:
        granting = granted(world, "iot")
        iot, group = world.inventory.aws("iot"), granting.outputs["thing_group"]
        theirs = foreign_certificate(world)
        iot.create_thing(thingName="theirs")
        iot.add_thing_to_thing_group(thingGroupName=group, thingName="theirs")
        iot.create_policy(policyName="theirs", policyDocument=NOTHING)
        iot.attach_policy(policyName=granting.outputs["policy_name"], target=theirs)
        iot.create_policy_version(
            policyName=granting.outputs["policy_name"], policyDocument=NOTHING, setAsDefault=True
        )
        granting.undo()

        left = world.inventory.of("iot")
        assert (left["groups"], left["things"], left["policies"]) == ([], ["theirs"], ["theirs"])
        assert left["certificates"] == [("ACTIVE", [], [])]

    def test_a_policy_of_others_on_our_group_stays_and_the_group_goes(self, world: World) -> None:
        """By itself: with such a policy moto deletes no certificate."""
        granting = granted(world, "iot")
        iot, group = world.inventory.aws("iot"), granting.outputs["thing_group"]
        iot.create_policy(policyName="theirs", policyDocument=NOTHING)
        group_arn = iot.describe_thing_group(thingGroupName=group)["thingGroupArn"]
        iot.attach_policy(policyName="theirs", target=group_arn)
        world.steps["iot_thing_group"].undo(granting.order, granting.outputs)

        left = world.inventory.of("iot")
        assert (left["groups"], "theirs" in left["policies"]) == ([], True)
        assert iot.list_targets_for_policy(policyName="theirs")["targets"] == []

    def test_a_group_of_others_inside_ours_is_named(self, world: World) -> None:
        granting = granted(world, "iot")
        iot, group = world.inventory.aws("iot"), granting.outputs["thing_group"]
        iot.create_thing_group(thingGroupName="theirs", parentGroupName=group)
        with pytest.raises(NeverPossible, match="theirs"):
            world.steps["iot_thing_group"].undo(granting.order, granting.outputs)


class TestAnalytics:
    @pytest.mark.parametrize("permission", ["DESCRIBE", "SELECT"])
    def test_a_permission_partly_revoked_by_hand_ends_and_comes_back(
        self, world: World, permission: str
    ) -> None:
        granting = granted(world, "analytics")
        lake = world.inventory.aws("lakeformation")
        whole = world.inventory.of("analytics")["permissions"]
        [tables] = [
            each
            for each in lake.list_permissions()["PrincipalResourcePermissions"]
            if "Table" in each["Resource"]
        ]
        lake.revoke_permissions(
            Principal=tables["Principal"], Resource=tables["Resource"], Permissions=[permission]
        )
        granting.freeze()
        assert world.inventory.of("analytics")["permissions"] == []
        granting.unfreeze()
        assert world.inventory.of("analytics")["permissions"] == whole
        lake.revoke_permissions(
            Principal=tables["Principal"], Resource=tables["Resource"], Permissions=[permission]
        )
        granting.apply()
        assert world.inventory.of("analytics")["permissions"] == whole

    def test_a_group_that_vanished_is_made_again(self, world: World) -> None:
        granting = granted(world, "analytics")
        account = world.inventory.aws("sts").get_caller_identity()["Account"]
        world.inventory.aws("quicksight").delete_group(
            AwsAccountId=account, Namespace="default", GroupName=granting.outputs["analytics_group"]
        )
        order, outputs = granting.order, granting.outputs
        granting.tried(lambda: world.steps["analytics_seats"].apply(order, outputs))

        assert len(world.inventory.of("analytics")["members"]) == 2

    def test_what_others_made_inside_keeps_nothing_from_going(self, world: World) -> None:
        granting = granted(world, "analytics")
        database, workgroup = granting.outputs["database"], granting.outputs["workgroup"]
        world.inventory.aws("glue").create_table(DatabaseName=database, TableInput={"Name": "theirs"})
        world.inventory.aws("athena").create_named_query(
            Name="theirs", Database=database, QueryString="SELECT 1", WorkGroup=workgroup
        )
        granting.undo()

        assert is_bare("analytics", world.inventory.of("analytics"))
