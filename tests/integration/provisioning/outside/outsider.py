"""Somebody who changes things outside at random: deletes, detaches, switches off, moves, closes, attaches."""

import contextlib
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from uuid import uuid4

import httpx
from botocore.exceptions import ClientError
from tests.integration.provisioning.outside.inventory import Inventory
from tests.integration.provisioning.outside.world import World

_SCP = "SERVICE_CONTROL_POLICY"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_ANYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


class Outsider:
    """Each act is on one thing that stands there now; what is theirs is made once, and never by us."""

    def __init__(self, world: World, dice: Random) -> None:
        self._world = world
        self._dice = dice
        self._aws: Callable[[str], Any] = world.inventory.aws
        self.did: list[str] = []
        self._acts: list[Callable[[], object]] = [
            getattr(self, name) for name in dir(type(self)) if name.startswith("act_")
        ]

    def act(self) -> None:
        """Do something; what AWS refuses was not done."""
        chosen = self._dice.choice(self._acts)
        with contextlib.suppress(ClientError, IndexError):
            chosen()
            self.did.append(chosen.__name__.removeprefix("act_"))

    def settle_in(self) -> None:
        """Make what is theirs beside ours: none of it is to be touched."""
        iot, store = self._aws("iot"), self._aws("identitystore")
        organizations = self._aws("organizations")
        root = organizations.list_roots()["Roots"][0]["Id"]
        organizations.create_organizational_unit(ParentId=root, Name="Security")
        organizations.create_account(AccountName="theirs", Email="theirs@vendor.example")
        iot.create_thing(thingName="theirs")
        iot.create_policy(policyName="theirs", policyDocument=_ANYTHING)
        iot.create_keys_and_certificate(setAsActive=True)
        store.create_group(IdentityStoreId=self._store_id(), DisplayName="theirs")
        store.create_user(
            IdentityStoreId=self._store_id(),
            UserName="theirs",
            DisplayName="Theirs",
            Name={"GivenName": "T", "FamilyName": "H"},
            Emails=[{"Value": "theirs@vendor.example"}],
        )
        self._scim("POST", "Users", {"userName": "theirs@vendor.example", "active": True}, "User")
        self._scim("POST", "Groups", {"displayName": "theirs"}, "Group")
        self._aws("glue").create_database(DatabaseInput={"Name": "theirs"})

    def act_delete_a_budget(self) -> None:
        budgets, main = self._aws("budgets"), self._main()
        one = self._any(budgets.describe_budgets(AccountId=main).get("Budgets", []))
        budgets.delete_budget(AccountId=main, BudgetName=one["BudgetName"])

    def act_close_an_account(self) -> None:
        self._aws("organizations").close_account(AccountId=self._account())

    def act_move_an_account_away(self) -> None:
        self._move(self._account(), self._unit("Security"))

    def act_move_an_account_back(self) -> None:
        parent = self._unit("Gangway")
        units = self._units(parent)
        self._move(self._account(), self._any(units)["Id"])

    def act_detach_policies_of_an_account(self) -> None:
        organizations, account_id = self._aws("organizations"), self._account()
        attached = organizations.list_policies_for_target(TargetId=account_id, Filter=_SCP)["Policies"]
        ours = [policy for policy in attached if policy["Name"].startswith("gangway")]
        organizations.detach_policy(PolicyId=self._any(ours)["Id"], TargetId=account_id)

    def act_deny_an_account_everything(self) -> None:
        policies = self._aws("organizations").list_policies(Filter=_SCP)["Policies"]
        deny = [policy["Id"] for policy in policies if policy["Name"] == "gangway-deny-all"]
        self._aws("organizations").attach_policy(PolicyId=self._any(deny), TargetId=self._account())

    def act_rename_a_unit_of_ours(self) -> None:
        units = [
            unit for unit in self._units(self._unit("Gangway")) if not unit["Name"].startswith("renamed")
        ]
        chosen = self._any(units)
        name = f"renamed-{chosen['Name']}"
        self._aws("organizations").update_organizational_unit(OrganizationalUnitId=chosen["Id"], Name=name)

    def act_change_a_guard_rail(self) -> None:
        organizations = self._aws("organizations")
        policies = organizations.list_policies(Filter=_SCP)["Policies"]
        ours = [policy for policy in policies if policy["Name"].startswith("gangway")]
        organizations.update_policy(PolicyId=self._any(ours)["Id"], Content=_ANYTHING)

    def act_delete_the_permission_set(self) -> None:
        center = self._aws("sso-admin")
        arn = center.list_instances()["Instances"][0]["InstanceArn"]
        one = self._any(center.list_permission_sets(InstanceArn=arn)["PermissionSets"])
        center.delete_permission_set(InstanceArn=arn, PermissionSetArn=one)

    def act_put_policies_on_a_role(self) -> None:
        iam = self._inside(self._account())
        iam.put_role_policy(RoleName="gangway-partner", PolicyName="more", PolicyDocument=_ANYTHING)
        made = iam.create_policy(PolicyName=f"theirs-{uuid4().hex[:8]}", PolicyDocument=_ANYTHING)["Policy"]
        iam.attach_role_policy(RoleName="gangway-partner", PolicyArn=made["Arn"])

    def act_make_a_role_with_our_boundary(self) -> None:
        account_id = self._account()
        arn = f"arn:aws:iam::{account_id}:policy/gangway-boundary"
        self._inside(account_id).create_role(
            RoleName=f"theirs-{uuid4().hex[:8]}",
            AssumeRolePolicyDocument=_ANYTHING,
            PermissionsBoundary=arn,
        )

    def act_take_the_boundary_off(self) -> None:
        self._inside(self._account()).delete_role_permissions_boundary(RoleName="gangway-partner")

    def act_delete_a_sign_in_group(self) -> None:
        store = self._aws("identitystore")
        group = self._ours(store.list_groups(IdentityStoreId=self._store_id())["Groups"], "DisplayName")
        store.delete_group(IdentityStoreId=self._store_id(), GroupId=group["GroupId"])

    def act_take_somebody_out_of_a_sign_in_group(self) -> None:
        store = self._aws("identitystore")
        group = self._ours(store.list_groups(IdentityStoreId=self._store_id())["Groups"], "DisplayName")
        which = {"IdentityStoreId": self._store_id(), "GroupId": group["GroupId"]}
        member = self._any(store.list_group_memberships(**which)["GroupMemberships"])
        store.delete_group_membership(IdentityStoreId=self._store_id(), MembershipId=member["MembershipId"])

    def act_end_an_assignment(self) -> None:
        center = self._aws("sso-admin")
        arn = center.list_instances()["Instances"][0]["InstanceArn"]
        account_id = self._account()
        permission_set = self._any(center.list_permission_sets(InstanceArn=arn)["PermissionSets"])
        where = {"InstanceArn": arn, "PermissionSetArn": permission_set}
        found = center.list_account_assignments(AccountId=account_id, **where)["AccountAssignments"]
        center.delete_account_assignment(
            TargetId=account_id,
            TargetType="AWS_ACCOUNT",
            PrincipalType="GROUP",
            PrincipalId=self._any(found)["PrincipalId"],
            **where,
        )

    def act_switch_a_certificate(self) -> None:
        status = self._dice.choice(["ACTIVE", "INACTIVE"])
        self._aws("iot").update_certificate(certificateId=self._certificate(), newStatus=status)

    def act_detach_a_certificate(self) -> None:
        iot, thing = self._aws("iot"), self._thing()
        arn = self._any(iot.list_thing_principals(thingName=thing)["principals"])
        iot.detach_thing_principal(thingName=thing, principal=arn)

    def act_attach_theirs_to_ours(self) -> None:
        iot = self._aws("iot")
        theirs = [one for one in iot.list_certificates()["certificates"] if not self._is_ours(one)]
        iot.attach_thing_principal(thingName=self._thing(), principal=self._any(theirs)["certificateArn"])

    def act_attach_ours_to_theirs(self) -> None:
        iot = self._aws("iot")
        arn = iot.describe_certificate(certificateId=self._certificate())["certificateDescription"]
        iot.attach_thing_principal(thingName="theirs", principal=arn["certificateArn"])
        iot.attach_policy(policyName="theirs", target=arn["certificateArn"])

    def act_change_a_device_policy(self) -> None:
        iot = self._aws("iot")
        policy = self._ours(iot.list_policies()["policies"], "policyName")["policyName"]
        iot.create_policy_version(policyName=policy, policyDocument=_ANYTHING, setAsDefault=True)

    def act_delete_a_thing_group(self) -> None:
        iot = self._aws("iot")
        group = self._ours(iot.list_thing_groups()["thingGroups"], "groupName")
        iot.delete_thing_group(thingGroupName=group["groupName"])

    def act_delete_a_key(self) -> None:
        secrets = self._aws("secretsmanager")
        one = self._any(secrets.list_secrets()["SecretList"])
        secrets.delete_secret(SecretId=one["Name"], RecoveryWindowInDays=7)

    def act_delete_a_database(self) -> None:
        glue = self._aws("glue")
        glue.delete_database(Name=self._ours(glue.get_databases()["DatabaseList"], "Name")["Name"])

    def act_delete_a_workgroup(self) -> None:
        athena = self._aws("athena")
        name = self._ours(athena.list_work_groups()["WorkGroups"], "Name")["Name"]
        athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)

    def act_delete_a_seat(self) -> None:
        where = self._quicksight()
        user = self._any(self._aws("quicksight").list_users(**where)["UserList"])
        self._aws("quicksight").delete_user(UserName=user["UserName"], **where)

    def act_delete_a_seat_group(self) -> None:
        where = self._quicksight()
        group = self._any(self._aws("quicksight").list_groups(**where)["GroupList"])
        self._aws("quicksight").delete_group(GroupName=group["GroupName"], **where)

    def act_revoke_a_permission(self) -> None:
        formation = self._aws("lakeformation")
        given = self._any(formation.list_permissions()["PrincipalResourcePermissions"])
        formation.revoke_permissions(
            Principal=given["Principal"], Resource=given["Resource"], Permissions=given["Permissions"][:1]
        )

    def act_switch_a_crm_user(self) -> None:
        active = self._dice.choice([True, False])
        self._patch(f"Users/{self._crm('Users')['id']}", "active", active)

    def act_delete_a_crm_user(self) -> None:
        self._scim("DELETE", f"Users/{self._crm('Users')['id']}")

    def act_rename_a_crm_group(self) -> None:
        self._patch(f"Groups/{self._crm('Groups')['id']}", "displayName", f"Friends {uuid4().hex[:4]}")

    def act_delete_a_crm_group(self) -> None:
        self._scim("DELETE", f"Groups/{self._crm('Groups')['id']}")

    def _any(self, things: list[Any]) -> Any:
        """Raises IndexError where there is none."""
        return self._dice.choice(sorted(things, key=repr))

    def _ours(self, things: list[Any], name: str) -> Any:
        return self._any([one for one in things if one[name].startswith("gangway")])

    def _account(self) -> str:
        accounts = self._world.inventory.accounts()
        ours = [one for one in accounts if one["Name"] != "theirs" and one["Status"] == "ACTIVE"]
        return str(self._any(ours)["Id"])

    def _inside(self, account_id: str) -> Any:
        role = f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole"
        assumed = self._aws("sts").assume_role(RoleArn=role, RoleSessionName="theirs")["Credentials"]
        inventory: Inventory = self._world.inventory
        return inventory.aws(
            "iam",
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )

    def _units(self, parent: str) -> list[Any]:
        listed = self._aws("organizations").list_organizational_units_for_parent(ParentId=parent)
        return list(listed["OrganizationalUnits"])

    def _unit(self, name: str) -> str:
        root = self._aws("organizations").list_roots()["Roots"][0]["Id"]
        return str(self._any([unit for unit in self._units(root) if unit["Name"] == name])["Id"])

    def _move(self, account_id: str, unit_id: str) -> None:
        organizations = self._aws("organizations")
        now_in = organizations.list_parents(ChildId=account_id)["Parents"][0]["Id"]
        if now_in == unit_id:
            raise IndexError
        organizations.move_account(AccountId=account_id, SourceParentId=now_in, DestinationParentId=unit_id)

    def _thing(self) -> str:
        return str(self._ours(self._aws("iot").list_things()["things"], "thingName")["thingName"])

    def _certificate(self) -> str:
        found = self._aws("iot").list_certificates()["certificates"]
        return str(self._any([one for one in found if self._is_ours(one)])["certificateId"])

    def _is_ours(self, certificate: Any) -> bool:
        described = self._aws("iot").describe_certificate(certificateId=certificate["certificateId"])
        return _names_us(described["certificateDescription"]["certificatePem"])

    def _main(self) -> str:
        return str(self._aws("sts").get_caller_identity()["Account"])

    def _store_id(self) -> str:
        return str(self._aws("sso-admin").list_instances()["Instances"][0]["IdentityStoreId"])

    def _quicksight(self) -> dict[str, str]:
        return {"AwsAccountId": self._main(), "Namespace": "default"}

    def _crm(self, kind: str) -> Any:
        name = {"Users": "userName", "Groups": "displayName"}[kind]
        listed = self._scim("GET", kind).get("Resources", [])
        return self._any([one for one in listed if not one[name].startswith("theirs")])

    def _patch(self, path: str, name: str, value: object) -> None:
        operations = [{"op": "replace", "path": name, "value": value}]
        self._scim("PATCH", path, {"schemas": [_PATCH], "Operations": operations})

    def _scim(
        self, method: str, path: str, body: dict[str, Any] | None = None, kind: str = ""
    ) -> dict[str, Any]:
        schema = {"schemas": [f"urn:ietf:params:scim:schemas:core:2.0:{kind}"]} if kind else {}
        answer = httpx.request(
            method,
            f"{self._world.settings.scim_url}/{path}",
            json=None if body is None else {**schema, **body},
            headers={
                "Authorization": f"Bearer {self._world.settings.scim_token}",
                "Content-Type": "application/scim+json",
            },
        )
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}


def theirs(world: World) -> Iterator[tuple[str, Any]]:
    """What is theirs, as it stands: what is attached to it by the outsider itself is left out."""
    aws = world.inventory.aws
    for account in world.inventory.accounts():
        if account["Name"] == "theirs":
            parents = aws("organizations").list_parents(ChildId=account["Id"])["Parents"]
            yield "account", (account["Id"], account["Status"], parents[0]["Id"])
    iot = aws("iot")
    yield "thing", iot.describe_thing(thingName="theirs")["thingId"]
    yield "policy", iot.get_policy(policyName="theirs")["policyDocument"]
    for one in iot.list_certificates()["certificates"]:
        described = iot.describe_certificate(certificateId=one["certificateId"])["certificateDescription"]
        if not _names_us(described["certificatePem"]):
            yield "certificate", (one["certificateId"], described["status"])
    things = world.inventory.of("cloud_sandbox")
    yield "people", [name for kind in ("users", "groups") for name in things[kind] if name == "theirs"]
    crm = world.inventory.of("crm")
    yield "crm", [one for kind in ("users", "groups") for one in crm[kind] if "theirs" in str(one)]
    yield "database", [name for name in world.inventory.of("analytics")["databases"] if name == "theirs"]


def _names_us(pem: str) -> bool:
    from cryptography import x509  # noqa: PLC0415

    return "gangway" in x509.load_pem_x509_certificate(pem.encode()).subject.rfc4514_string()
