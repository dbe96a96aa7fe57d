"""A sandbox: account, unit, guard rail, role, budget, way in."""

import json
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.bare_onboarding.aws import client, is_there, new_client
from tests.benchmarks.bare_onboarding.company import Company

from provisioning.adapters.aws import policy_documents

_POLICIES = "SERVICE_CONTROL_POLICY"
_MEMBER_ROLE = "OrganizationAccountAccessRole"
_REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")


@dataclass(frozen=True)
class Shared:
    """What all sandboxes have in common."""

    owner: str
    root: str
    parent_unit: str
    unit: str
    policy: str
    identity_center: str
    identity_store: str
    permission_set: str

    @classmethod
    def make(cls) -> "Shared":
        """Once, in an organization in which nothing was made yet."""
        organizations, sso = client("organizations"), client("sso-admin")
        root = organizations.list_roots()["Roots"][0]["Id"]
        organizations.enable_policy_type(RootId=root, PolicyType=_POLICIES)
        units = [root]
        for name in ("Gangway", "Sandboxes"):
            made = organizations.create_organizational_unit(ParentId=units[-1], Name=name)
            units.append(made["OrganizationalUnit"]["Id"])
        document = policy_documents.guard_rail(_REGIONS, _MEMBER_ROLE)
        policy = organizations.create_policy(
            Name="guard-rail", Type=_POLICIES, Content=json.dumps(document), Description=""
        )
        instance = sso.list_instances()["Instances"][0]
        center = instance["InstanceArn"]
        created = sso.create_permission_set(InstanceArn=center, Name="Partner", SessionDuration="PT8H")
        permission_set = created["PermissionSet"]["PermissionSetArn"]
        sign_in = json.dumps(policy_documents.sign_in("aws"))
        sso.put_inline_policy_to_permission_set(
            InstanceArn=center, PermissionSetArn=permission_set, InlinePolicy=sign_in
        )
        return cls(
            owner=client("sts").get_caller_identity()["Account"],
            root=root,
            parent_unit=units[1],
            unit=units[2],
            policy=policy["Policy"]["PolicySummary"]["Id"],
            identity_center=center,
            identity_store=instance["IdentityStoreId"],
            permission_set=permission_set,
        )


def make_sandbox(company: Company, shared: Shared) -> None:
    """Everything in its order."""
    account = _account(company)
    _unit(account, shared)
    _guard_rail(account, shared)
    _role(account, company)
    _budget(account, company, shared)
    _sign_in(account, _group(company, shared), shared)


def _account(company: Company) -> str:
    organizations = client("organizations")
    for _ in organizations.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 20}):
        pass
    for _ in organizations.get_paginator("list_create_account_status").paginate():
        pass
    made = organizations.create_account(
        Email=f"aws+{company.key}@sandboxes.example.com",
        AccountName=company.name,
        RoleName=_MEMBER_ROLE,
        IamUserAccessToBilling="DENY",
        Tags=company.tags,
    )
    account: str = made["CreateAccountStatus"]["AccountId"]
    return account


def _unit(account: str, shared: Shared) -> None:
    organizations = client("organizations")
    for _ in ("in use", "suspended"):
        organizations.list_roots()
        organizations.list_organizational_units_for_parent(ParentId=shared.root)
        organizations.list_organizational_units_for_parent(ParentId=shared.parent_unit)
    for _ in ("look", "look before the move"):
        parent = organizations.list_parents(ChildId=account)["Parents"][0]["Id"]
    organizations.move_account(AccountId=account, SourceParentId=parent, DestinationParentId=shared.unit)


def _guard_rail(account: str, shared: Shared) -> None:
    organizations = client("organizations")
    organizations.list_roots()
    organizations.list_policies(Filter=_POLICIES)
    organizations.describe_policy(PolicyId=shared.policy)
    organizations.list_policies_for_target(TargetId=account, Filter=_POLICIES)
    organizations.attach_policy(PolicyId=shared.policy, TargetId=account)


def _role(account: str, company: Company) -> None:
    role_arn = f"arn:aws:iam::{account}:role/{_MEMBER_ROLE}"
    assumed = client("sts").assume_role(RoleArn=role_arn, RoleSessionName="bare", DurationSeconds=900)
    credentials = assumed["Credentials"]
    iam = new_client(
        "iam",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    name, boundary = policy_documents.ROLE_NAME, policy_documents.BOUNDARY_NAME
    boundary_arn = f"arn:aws:iam::{account}:policy/{boundary}"
    document = json.dumps(policy_documents.boundary(boundary_arn))
    iam.create_policy(PolicyName=boundary, PolicyDocument=document, Tags=company.tags)
    iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(policy_documents.trust(f"arn:aws:iam::{account}:root")),
        PermissionsBoundary=boundary_arn,
        Tags=company.tags,
    )
    document = json.dumps(policy_documents.partner())
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=document)


def _budget(account: str, company: Company, shared: Shared) -> None:
    contact = {"SubscriptionType": "EMAIL", "Address": company.people[0]["email"]}
    thresholds = [
        {
            "Notification": {
                "NotificationType": "ACTUAL",
                "ComparisonOperator": "GREATER_THAN",
                "Threshold": percent,
                "ThresholdType": "PERCENTAGE",
            },
            "Subscribers": [contact],
        }
        for percent in (80, 100)
    ]
    client("budgets").create_budget(
        AccountId=shared.owner,
        Budget={
            "BudgetName": company.name,
            "BudgetLimit": {"Amount": "50", "Unit": "USD"},
            "CostFilters": {"LinkedAccount": [account]},
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        },
        NotificationsWithSubscribers=thresholds,
    )


def _group(company: Company, shared: Shared) -> str:
    client("sso-admin").list_instances()
    store, identities = {"IdentityStoreId": shared.identity_store}, client("identitystore")
    is_there(identities.get_group_id, **store, AlternateIdentifier=_named("displayName", company.name))
    group: str = identities.create_group(**store, DisplayName=company.name)["GroupId"]
    for person in company.people:
        for path in ("userName", "emails.value"):
            is_there(identities.get_user_id, **store, AlternateIdentifier=_named(path, person["email"]))
        user = identities.create_user(
            **store,
            UserName=person["email"],
            Name={"GivenName": person["given_name"], "FamilyName": person["family_name"]},
            DisplayName=f"{person['given_name']} {person['family_name']}",
            Emails=[{"Value": person["email"], "Type": "work", "Primary": True}],
            PreferredLanguage=person["language"],
        )["UserId"]
        membership = {"GroupId": group, "MemberId": {"UserId": user}}
        is_there(identities.get_group_membership_id, **store, **membership)
        identities.create_group_membership(**store, **membership)
    return group


def _sign_in(account: str, group: str, shared: Shared) -> None:
    sso = client("sso-admin")
    center = {"InstanceArn": shared.identity_center}
    permission_set = {**center, "PermissionSetArn": shared.permission_set}
    sso.list_permission_sets(**center)
    sso.describe_permission_set(**permission_set)
    sso.get_inline_policy_for_permission_set(**permission_set)
    sso.list_account_assignments(**permission_set, AccountId=account)
    sso.create_account_assignment(
        **permission_set,
        TargetId=account,
        TargetType="AWS_ACCOUNT",
        PrincipalType="GROUP",
        PrincipalId=group,
    )


def _named(path: str, value: str) -> Any:
    return {"UniqueAttribute": {"AttributePath": path, "AttributeValue": value}}
