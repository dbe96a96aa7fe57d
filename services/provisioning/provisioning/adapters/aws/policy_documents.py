"""The policy documents: who may do what in a sandbox, as AWS reads it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

ROLE_NAME = "gangway-partner"
BOUNDARY_NAME = "gangway-boundary"
REVOKED_NAME = "gangway-older-sessions"
_VERSION = "2012-10-17"
_WITHOUT_REGION = [
    "account:*",
    "aws-portal:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "cloudfront:*",
    "health:*",
    "iam:*",
    "organizations:*",
    "route53:*",
    "s3:GetBucketLocation",
    "s3:ListAllMyBuckets",
    "sso:*",
    "sts:*",
    "support:*",
]
_BILLING = ["account:*", "aws-portal:*", "billing:*", "organizations:*"]
_COSTLY = [
    "aws-marketplace:Subscribe",
    "ec2:PurchaseHostReservation",
    "ec2:PurchaseReservedInstancesOffering",
    "elasticache:PurchaseReservedCacheNodesOffering",
    "rds:PurchaseReservedDBInstancesOffering",
    "redshift:PurchaseReservedNodeOffering",
    "route53domains:RegisterDomain",
    "route53domains:TransferDomain",
    "savingsplans:CreateSavingsPlan",
    "shield:CreateSubscription",
]


def guard_rail(regions: Sequence[str], member_role: str) -> dict[str, Any]:
    """What nobody in a sandbox may do, its root user included; the vendor's own role is spared."""
    spared = {"ArnNotLike": {"aws:PrincipalArn": [f"arn:*:iam::*:role/{member_role}"]}}
    return _document(
        _deny("StayInTheOrganization", ["organizations:LeaveOrganization", "account:*"]),
        _deny("NoRootUser", ["*"], {"StringLike": {"aws:PrincipalArn": "arn:*:iam::*:root"}}),
        _deny("NothingCostly", _COSTLY),
        {
            "Sid": "OnlyTheseRegions",
            "Effect": "Deny",
            "NotAction": _WITHOUT_REGION,
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(regions)}, **spared},
        },
        {
            "Sid": "HandsOffOurRoles",
            "Effect": "Deny",
            "Action": ["iam:*"],
            "Resource": [
                f"arn:*:iam::*:role/{member_role}",
                f"arn:*:iam::*:role/{ROLE_NAME}",
                f"arn:*:iam::*:policy/{BOUNDARY_NAME}",
            ],
            "Condition": spared,
        },
    )


def deny_all(member_role: str) -> dict[str, Any]:
    """Nothing at all, but for the role with which we clean up."""
    spared = {"ArnNotLike": {"aws:PrincipalArn": [f"arn:*:iam::*:role/{member_role}"]}}
    return _document(_deny("SwitchedOff", ["*"], spared))


def sessions_before(at: datetime) -> dict[str, Any]:
    """Nothing for whoever took the role before that moment: credentials cannot be taken back."""
    return _document(
        _deny("OlderSessions", ["*"], {"DateLessThan": {"aws:TokenIssueTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}})
    )


def boundary(boundary_arn: str) -> dict[str, Any]:
    """The most that the partner's role, and every role that it makes, can ever be allowed."""
    has_boundary = {"StringNotEquals": {"iam:PermissionsBoundary": boundary_arn}}
    makes_principals = [
        "iam:CreateRole",
        "iam:CreateUser",
        "iam:PutRolePermissionsBoundary",
        "iam:PutUserPermissionsBoundary",
    ]
    return _document(
        {"Sid": "Anything", "Effect": "Allow", "Action": "*", "Resource": "*"},
        _deny("OnlyWithThisBoundary", makes_principals, has_boundary),
        _deny("BoundariesStay", ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"]),
        {
            "Sid": "ThisBoundaryStays",
            "Effect": "Deny",
            "Action": ["iam:CreatePolicyVersion", "iam:DeletePolicy*", "iam:SetDefaultPolicyVersion"],
            "Resource": boundary_arn,
        },
        _deny("NoBilling", _BILLING),
    )


def partner() -> dict[str, Any]:
    """What the partner's role may do, as far as boundary and guard rail let it."""
    return _document({"Effect": "Allow", "NotAction": _BILLING, "Resource": "*"})


def trust(account_arn: str) -> dict[str, Any]:
    """The people who are signed in to the account may take the role, if their permission set says so."""
    return _document({"Effect": "Allow", "Principal": {"AWS": account_arn}, "Action": "sts:AssumeRole"})


def sign_in(partition: str) -> dict[str, Any]:
    """What signing in allows by itself: to take the partner's role, which has the boundary."""
    role = f"arn:{partition}:iam::*:role/{ROLE_NAME}"
    return _document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role})


def device(client: str, topics: str, filters: str) -> dict[str, Any]:
    """A device connects only under the name of the thing that its certificate is attached to."""
    attached = {"Bool": {"iot:Connection.Thing.IsAttached": ["true"]}}
    return _document(
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": client, "Condition": attached},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": topics},
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": filters},
    )


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": _VERSION, "Statement": list(statements)}


def _deny(sid: str, actions: list[str], condition: dict[str, Any] | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": sid, "Effect": "Deny", "Action": actions, "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})
