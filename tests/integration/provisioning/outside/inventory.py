"""Asks the outside itself what stands in it, by clients of its own; names only, so that two runs compare."""

from typing import Any

import boto3
import httpx
from botocore.exceptions import ClientError
from tests.unit.provisioning.step_contract import Things

from provisioning.adapters.outside_settings import OutsideSettings

_SCP = "SERVICE_CONTROL_POLICY"


class Inventory:
    """What stands outside, by kind."""

    def __init__(self, settings: OutsideSettings) -> None:
        self._settings = settings
        self._session = boto3.Session(region_name=settings.aws_region)
        self._clients: dict[str, Any] = {}
        headers = {"Authorization": f"Bearer {settings.scim_token}"}
        self._scim = httpx.Client(headers=headers)
        self.crm_url = settings.scim_url

    def close(self) -> None:
        self._scim.close()

    def aws(self, service: str, **credentials: str) -> Any:
        if service in self._clients and not credentials:
            return self._clients[service]
        url = self._settings.aws_endpoint_url
        client = self._session.client(service, endpoint_url=url, **credentials)  # type: ignore[call-overload]
        if not credentials:
            self._clients[service] = client
        return client

    def of(self, product: str) -> Things:
        """Return all that was made for anybody, sorted; closed accounts as such."""
        looks = {
            "cloud_sandbox": self._sandboxes,
            "analytics": self._analytics,
            "crm": self._crm,
            "iot": self._iot,
        }
        return {kind: sorted(things, key=repr) for kind, things in looks[product]().items()}

    def accounts(self) -> list[dict[str, Any]]:
        every = self.aws("organizations").get_paginator("list_accounts").paginate().build_full_result()
        return [account for account in every["Accounts"] if account["Name"] != "master"]

    def _sandboxes(self) -> Things:
        organizations, center = self.aws("organizations"), self.aws("sso-admin")
        store = self.aws("identitystore")
        main = self.aws("sts").get_caller_identity()["Account"]
        instance = center.list_instances()["Instances"][0]
        arn, store_id = instance["InstanceArn"], instance["IdentityStoreId"]
        groups = store.list_groups(IdentityStoreId=store_id)["Groups"]
        sets = center.list_permission_sets(InstanceArn=arn)["PermissionSets"]
        policies = organizations.list_policies(Filter=_SCP)["Policies"]
        return {
            "accounts": [self._account(account) for account in self.accounts()],
            "policies": [policy["Name"] for policy in policies if policy["Name"] != "FullAWSAccess"],
            "budgets": [
                (budget["BudgetName"], budget["BudgetLimit"]["Amount"])
                for budget in self.aws("budgets").describe_budgets(AccountId=main).get("Budgets", [])
            ],
            "users": [user["UserName"] for user in store.list_users(IdentityStoreId=store_id)["Users"]],
            "groups": [group["DisplayName"] for group in groups],
            "memberships": [
                group["DisplayName"]
                for group in groups
                for _ in store.list_group_memberships(IdentityStoreId=store_id, GroupId=group["GroupId"])[
                    "GroupMemberships"
                ]
            ],
            "permission_sets": [
                center.describe_permission_set(InstanceArn=arn, PermissionSetArn=each)["PermissionSet"][
                    "Name"
                ]
                for each in sets
            ],
            "assignments": [
                account["Name"]
                for account in self.accounts()
                for each in sets
                for _ in center.list_account_assignments(
                    InstanceArn=arn, AccountId=account["Id"], PermissionSetArn=each
                )["AccountAssignments"]
            ],
        }

    def _account(self, account: dict[str, Any]) -> tuple[Any, ...]:
        organizations, account_id = self.aws("organizations"), account["Id"]
        unit_id = organizations.list_parents(ChildId=account_id)["Parents"][0]["Id"]
        attached = organizations.list_policies_for_target(TargetId=account_id, Filter=_SCP)["Policies"]
        unit = "root"
        if unit_id.startswith("ou-"):
            described = organizations.describe_organizational_unit(OrganizationalUnitId=unit_id)
            unit = described["OrganizationalUnit"]["Name"]
        policies = tuple(sorted(policy["Name"] for policy in attached))
        return account["Name"], account["Status"], unit, policies, self._roles(account_id)

    def _roles(self, account_id: str) -> tuple[Any, ...]:
        role = f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole"
        assumed = self.aws("sts").assume_role(RoleArn=role, RoleSessionName="look")["Credentials"]
        iam = self.aws(
            "iam",
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )
        roles = [iam.get_role(RoleName=each["RoleName"])["Role"] for each in iam.list_roles()["Roles"]]
        bounded = [
            (each["RoleName"], each["PermissionsBoundary"]["PermissionsBoundaryArn"].split("/")[-1])
            for each in roles
            if "PermissionsBoundary" in each
        ]
        local = [policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]]
        return (*bounded, *local)

    def _analytics(self) -> Things:
        account = self.aws("sts").get_caller_identity()["Account"]
        quicksight = self.aws("quicksight")
        where = {"AwsAccountId": account, "Namespace": "default"}
        groups = quicksight.list_groups(**where)["GroupList"]
        users = quicksight.list_users(**where)["UserList"]
        granted = self.aws("lakeformation").list_permissions()["PrincipalResourcePermissions"]
        return {
            "workgroups": [
                self._workgroup(each["Name"])
                for each in self.aws("athena").list_work_groups()["WorkGroups"]
                if each["Name"] != "primary"
            ],
            "databases": [each["Name"] for each in self.aws("glue").get_databases()["DatabaseList"]],
            "permissions": [
                (each["Principal"]["DataLakePrincipalIdentifier"], sorted(each["Permissions"]))
                for each in granted
            ],
            "groups": [each["GroupName"] for each in groups],
            "members": [
                (each["GroupName"], member["MemberName"])
                for each in groups
                for member in quicksight.list_group_memberships(GroupName=each["GroupName"], **where)[
                    "GroupMemberList"
                ]
            ],
            "seats": [(each["UserName"], each["Role"]) for each in users],
        }

    def _workgroup(self, name: str) -> tuple[Any, ...]:
        workgroup = self.aws("athena").get_work_group(WorkGroup=name)["WorkGroup"]["Configuration"]
        enforced = workgroup["EnforceWorkGroupConfiguration"]
        return name, enforced, workgroup["BytesScannedCutoffPerQuery"]

    def _crm(self) -> Things:
        def listed(kind: str) -> list[dict[str, Any]]:
            answer = self._scim.get(f"{self.crm_url}/{kind}")
            answer.raise_for_status()
            return list(answer.json().get("Resources", []))

        groups = listed("Groups")
        return {
            "users": [(each["userName"], each["active"]) for each in listed("Users")],
            "groups": [each["displayName"] for each in groups],
            "members": [each["displayName"] for each in groups for _ in each.get("members", [])],
        }

    def _iot(self) -> Things:
        iot, secrets = self.aws("iot"), self.aws("secretsmanager")
        groups = [each["groupName"] for each in iot.list_thing_groups()["thingGroups"]]
        things = [each["thingName"] for each in iot.list_things()["things"]]
        certificates = iot.list_certificates()["certificates"]
        return {
            "groups": groups,
            "things": things,
            "in_groups": [
                (group, thing)
                for group in groups
                for thing in iot.list_things_in_thing_group(thingGroupName=group)["things"]
            ],
            "policies": [each["policyName"] for each in iot.list_policies()["policies"]],
            "certificates": [self._certificate(each) for each in certificates],
            "secrets": [each["Name"] for each in secrets.list_secrets()["SecretList"]],
        }

    def _certificate(self, certificate: dict[str, Any]) -> tuple[Any, ...]:
        iot, arn = self.aws("iot"), certificate["certificateArn"]
        policies = [each["policyName"] for each in iot.list_attached_policies(target=arn)["policies"]]
        try:
            things = iot.list_principal_things(principal=arn)["things"]
        except ClientError:
            things = []
        return certificate["status"], policies, things
