"""Analytics: workgroup, database, permissions, seats."""

from typing import Any

from tests.benchmarks.bare_onboarding.aws import client, is_there
from tests.benchmarks.bare_onboarding.company import Company


def make_analytics(company: Company, owner: str) -> None:
    """Everything in its order; ``owner`` is our own AWS account."""
    _workgroup(company)
    database = company.name.replace("-", "_")
    client("glue").create_database(
        DatabaseInput={"Name": database, "CreateTableDefaultPermissions": []},
        Tags={tag["Key"]: tag["Value"] for tag in company.tags},
    )
    group = {"AwsAccountId": owner, "Namespace": "default", "GroupName": company.name}
    is_there(client("quicksight").describe_group, **group)
    client("quicksight").create_group(**group)
    arn = f"arn:aws:quicksight:eu-central-1:{owner}:group/default/{company.name}"
    _permission(arn, {"Database": {"Name": database}}, ["DESCRIBE"])
    table = {"Table": {"DatabaseName": database, "TableWildcard": {}}}
    _permission(arn, table, ["DESCRIBE", "SELECT"])
    _seats(company, group)


def _workgroup(company: Company) -> None:
    athena, token = client("athena"), {}
    while True:
        page = athena.list_work_groups(**token)
        if not page.get("NextToken"):
            break
        token = {"NextToken": page["NextToken"]}
    athena.create_work_group(
        Name=company.name,
        Configuration={
            "EnforceWorkGroupConfiguration": True,
            "BytesScannedCutoffPerQuery": 10_737_418_240,
            "ResultConfiguration": {
                "OutputLocation": f"s3://bare-results/{company.name}/",
                "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
            },
        },
        Tags=company.tags,
    )


def _permission(group_arn: str, resource: dict[str, Any], permissions: list[str]) -> None:
    principal = {"DataLakePrincipalIdentifier": group_arn}
    client("lakeformation").list_permissions(Principal=principal, Resource=resource)
    client("lakeformation").grant_permissions(Principal=principal, Resource=resource, Permissions=permissions)


def _seats(company: Company, group: dict[str, str]) -> None:
    quicksight = client("quicksight")
    space = {"AwsAccountId": group["AwsAccountId"], "Namespace": group["Namespace"]}
    for place, person in enumerate(company.people):
        user_name = f"{company.name}-{place}"
        is_there(quicksight.describe_user, **space, UserName=user_name)
        quicksight.register_user(
            **space,
            IdentityType="QUICKSIGHT",
            UserName=user_name,
            Email=person["email"],
            UserRole="READER",
        )
        quicksight.create_group_membership(MemberName=user_name, **group)
