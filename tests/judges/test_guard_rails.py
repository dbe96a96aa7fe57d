"""The guard rails through an evaluator of others: what they must deny, and what they must let through."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provisioning.adapters.aws import policy_documents

ACCOUNT, ORGANIZATION = "123456789012", "o-ours012345"
REGIONS = ("eu-central-1", "us-east-1")
MEMBER_ROLE = "OrganizationAccountAccessRole"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
LIMITS = {
    "allowed_regions": ["eu-central-1"],
    "allowed_services": ["ec2", "lambda", "rds", "s3", "sagemaker"],
    "allowed_instance_types": ["t3.*", "t4g.micro"],
}
ALLOWED, DENIED = "Allowed", "ExplicitlyDenied"


def arn(rest: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{rest}"


BOUNDARY = arn(f"policy/{policy_documents.BOUNDARY_NAME}")
PARTNER = arn(f"role/{policy_documents.ROLE_NAME}")
MADE_BY_PARTNER = arn("role/builder")
ROOT = arn("root")
CLEANER = arn(f"role/{MEMBER_ROLE}")
AUTOSCALING = arn("role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
DATABASE = f"arn:aws:rds:eu-central-1:{ACCOUNT}:db:one"
MACHINE = f"arn:aws:ec2:eu-central-1:{ACCOUNT}:instance/i-0123456789abcdef0"
DETECTOR = f"arn:aws:guardduty:eu-central-1:{ACCOUNT}:detector/abc"
BUCKET = "arn:aws:s3:::partners-bucket"
TRAIL = f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:trail/all"


@dataclass(frozen=True)
class Case:
    """One request of somebody in a sandbox, and the answer that is due."""

    due: str
    action: str
    resource: str = "*"
    who: str = PARTNER
    region: str = "eu-central-1"
    context: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        about = " ".join(str(value) for value in self.context.values())
        return f"{self.due} {self.who.rpartition('/')[2]} {self.action} {about}".strip()


def in_sandbox(case: Case, *policies: Any) -> dict[str, Any]:
    """The partner's role has its policy and boundary; others may do all that the rails let them."""
    is_bounded = case.who in (PARTNER, MADE_BY_PARTNER)
    simulation = {
        "request": {
            "principal": case.who,
            "action": case.action,
            "resource": {"resource": case.resource, "accountId": ACCOUNT},
            "contextVariables": {
                "aws:PrincipalArn": case.who,
                "aws:RequestedRegion": case.region,
                "aws:PrincipalOrgID": ORGANIZATION,
                **case.context,
            },
        },
        "identityPolicies": [
            {"name": "own", "policy": policy_documents.partner() if case.who == PARTNER else EVERYTHING}
        ],
        "serviceControlPolicies": [
            {"orgIdentifier": "r-root", "policies": [{"name": "all", "policy": EVERYTHING}]},
            {
                "orgIdentifier": ACCOUNT,
                "policies": [
                    {"name": str(number), "policy": one} for number, one in enumerate((EVERYTHING, *policies))
                ],
            },
        ],
        "resourceControlPolicies": [],
    }
    if is_bounded:
        boundary = policy_documents.boundary(BOUNDARY)
        simulation["permissionBoundaryPolicies"] = [{"name": "boundary", "policy": boundary}]
    return simulation


def judged(judges: Path, simulations: list[dict[str, Any]]) -> list[str]:
    done = subprocess.run(
        ["node", "judge_policies.mjs"],
        cwd=judges,
        input=json.dumps(simulations),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[str] = json.loads(done.stdout)
    return answers


def hold(judges: Path, cases: list[Case], *policies: Any) -> None:
    answers = judged(judges, [in_sandbox(case, *policies) for case in cases])
    assert {str(case): answer for case, answer in zip(cases, answers, strict=True)} == {
        str(case): case.due for case in cases
    }


def test_the_guard_rail_of_every_sandbox(judges: Path) -> None:
    vendors_role = {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}
    hold(
        judges,
        [
            Case(ALLOWED, "ec2:StartInstances", MACHINE, context={"ec2:InstanceType": "p5.48xlarge"}),
            Case(DENIED, "ec2:StartInstances", MACHINE, region="ap-south-1"),
            Case(ALLOWED, "iam:ListRoles", region="us-west-2"),
            Case(DENIED, "organizations:LeaveOrganization"),
            Case(DENIED, "account:CloseAccount", f"arn:aws:account::{ACCOUNT}:account"),
            Case(DENIED, "s3:CreateBucket", BUCKET, who=ROOT),
            Case(DENIED, "ec2:PurchaseReservedInstancesOffering"),
            *[
                Case(DENIED, f"guardduty:{action}", DETECTOR)
                for action in ("DeleteDetector", "UpdateDetector")
            ],
            *[Case(DENIED, f"cloudtrail:{action}", TRAIL) for action in ("StopLogging", "DeleteTrail")],
            *[
                Case(DENIED, f"config:{action}", who=who)
                for action in ("StopConfigurationRecorder", "DeleteDeliveryChannel")
                for who in (PARTNER, MADE_BY_PARTNER)
            ],
            Case(ALLOWED, "guardduty:GetFindings"),
            Case(DENIED, "iam:PassRole", CLEANER, context={"iam:PassedToService": "ec2.amazonaws.com"}),
            Case(DENIED, "iam:UpdateAssumeRolePolicy", CLEANER),
            Case(DENIED, "iam:AttachRolePolicy", PARTNER, context=vendors_role),
        ],
        policy_documents.guard_rail(REGIONS, MEMBER_ROLE),
    )


def test_what_the_catalogue_allows(judges: Path) -> None:
    image = "arn:aws:ec2:eu-central-1::image/ami-0123456789abcdef0"
    hold(
        judges,
        [
            Case(ALLOWED, "ec2:RunInstances", MACHINE, context={"ec2:InstanceType": "t3.large"}),
            Case(ALLOWED, "ec2:RunInstances", image),
            Case(DENIED, "ec2:RunInstances", MACHINE, context={"ec2:InstanceType": "p5.48xlarge"}),
            Case(DENIED, "ec2:StartInstances", MACHINE, context={"ec2:InstanceType": "t4g.large"}),
            Case(DENIED, "ec2:RequestSpotFleet"),
            Case(ALLOWED, "rds:CreateDBInstance", DATABASE, context={"rds:DatabaseClass": "db.t3.micro"}),
            Case(DENIED, "rds:CreateDBInstance", DATABASE, context={"rds:DatabaseClass": "db.r6i.large"}),
            Case(
                DENIED,
                "sagemaker:CreateNotebookInstance",
                f"arn:aws:sagemaker:eu-central-1:{ACCOUNT}:notebook-instance/one",
                context={"sagemaker:InstanceTypes": ["ml.p4d.24xlarge"]},
            ),
            Case(
                ALLOWED,
                "sagemaker:CreateNotebookInstance",
                f"arn:aws:sagemaker:eu-central-1:{ACCOUNT}:notebook-instance/one",
                context={"sagemaker:InstanceTypes": ["ml.t3.medium"]},
            ),
            Case(DENIED, "redshift:CreateCluster", f"arn:aws:redshift:eu-central-1:{ACCOUNT}:cluster:one"),
            Case(ALLOWED, "s3:CreateBucket", BUCKET),
            Case(ALLOWED, "iam:ListRoles"),
            Case(DENIED, "s3:CreateBucket", BUCKET, region="us-east-1"),
        ],
        policy_documents.guard_rail(REGIONS, MEMBER_ROLE, LIMITS),
    )


@pytest.mark.parametrize("who", [CLEANER, AUTOSCALING], ids=["the role that cleans", "a service's own role"])
def test_clean_up_is_never_blocked(judges: Path, who: str) -> None:
    """Whatever limits the partner: who empties an account reaches all of it, frozen or not, everywhere."""
    deletions = [
        ("ec2:TerminateInstances", MACHINE),
        ("guardduty:DeleteDetector", DETECTOR),
        ("cloudtrail:DeleteTrail", TRAIL),
        ("config:DeleteConfigurationRecorder", "*"),
        ("redshift:DeleteCluster", f"arn:aws:redshift:ap-south-1:{ACCOUNT}:cluster:one"),
        ("iam:DeleteRole", PARTNER),
        ("iam:DeletePolicy", BOUNDARY),
        ("s3:DeleteBucket", BUCKET),
    ]
    cases = [Case(ALLOWED, action, what, who=who, region="ap-south-1") for action, what in deletions]
    deny_all = policy_documents.deny_all(MEMBER_ROLE)
    hold(judges, cases, policy_documents.guard_rail(REGIONS, MEMBER_ROLE, LIMITS), deny_all)


def test_deny_all_is_for_everybody_else(judges: Path) -> None:
    cases = [Case(DENIED, "s3:ListAllMyBuckets", who=who) for who in (PARTNER, MADE_BY_PARTNER, ROOT)]
    hold(judges, cases, policy_documents.deny_all(MEMBER_ROLE))


def test_the_boundary_can_neither_be_taken_off_nor_got_round(judges: Path) -> None:
    """By the boundary alone, as if there were no guard rail: it has to hold by itself."""
    other, own = "arn:aws:iam::aws:policy/AdministratorAccess", arn("role/other")
    user = arn("user/other")
    cases = [
        Case(due, action, what, who=who, context=context)
        for who in (PARTNER, MADE_BY_PARTNER)
        for due, action, what, context in (
            (ALLOWED, "iam:CreateRole", own, {"iam:PermissionsBoundary": BOUNDARY}),
            (DENIED, "iam:CreateRole", own, {"iam:PermissionsBoundary": other}),
            (DENIED, "iam:CreateRole", own, {}),
            (DENIED, "iam:CreateUser", user, {}),
            (DENIED, "iam:PutRolePermissionsBoundary", own, {"iam:PermissionsBoundary": other}),
            (DENIED, "iam:PutUserPermissionsBoundary", user, {"iam:PermissionsBoundary": other}),
            (DENIED, "iam:DeleteRolePermissionsBoundary", own, {"iam:PermissionsBoundary": BOUNDARY}),
            (DENIED, "iam:DeleteUserPermissionsBoundary", user, {"iam:PermissionsBoundary": BOUNDARY}),
            (DENIED, "iam:CreatePolicyVersion", BOUNDARY, {}),
            (DENIED, "iam:SetDefaultPolicyVersion", BOUNDARY, {}),
            (DENIED, "iam:DeletePolicyVersion", BOUNDARY, {}),
            (ALLOWED, "iam:CreatePolicyVersion", arn("policy/their-own"), {}),
            (ALLOWED, "s3:CreateBucket", BUCKET, {}),
        )
    ]
    hold(judges, cases)


def test_outsiders_do_not_reach_into_sandboxes(judges: Path) -> None:
    """The resource control policy, on a bucket that lets everybody in."""
    text = (policy_documents.FILES / "outsiders.json").read_text().replace("{organization_id}", ORGANIZATION)
    open_bucket = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": f"{BUCKET}/*"}],
    }

    def request(who: str, **context: str) -> dict[str, Any]:
        case = Case("", "s3:GetObject", f"{BUCKET}/one", who=who)
        simulation = in_sandbox(case)
        simulation["request"]["contextVariables"] = {
            "aws:PrincipalArn": who,
            "aws:PrincipalIsAWSService": "false",
            "aws:SecureTransport": "true",
            **context,
        }
        policies = [{"name": "outsiders", "policy": json.loads(text)}]
        simulation["resourceControlPolicies"] = [{"orgIdentifier": "ou-1", "policies": policies}]
        return {**simulation, "resourcePolicy": open_bucket}

    ours, theirs = {"aws:PrincipalOrgID": ORGANIZATION}, {"aws:PrincipalOrgID": "o-theirs"}
    stranger = "arn:aws:iam::999999999999:role/stranger"
    simulations = [
        request(PARTNER, **ours),
        request(stranger, **theirs),
        request(stranger),
        request(PARTNER, **ours, **{"aws:SecureTransport": "false"}),
    ]
    assert judged(judges, simulations) == [ALLOWED, DENIED, DENIED, DENIED]
