"""Asks the outside systems, not Gangway, whether everything granted exists and everything undone is gone.

Each check returns sentences about what is wrong; an empty list means that all is well.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_CLOSED = {"SUSPENDED", "PENDING_CLOSURE", "CLOSED"}


class Outside:
    """The AWS API and the SCIM service, reached with the operator's own credentials.

    Without an address a system is not asked. An empty address of AWS means AWS itself.
    """

    def __init__(self, addresses: Mapping[str, str]) -> None:
        systems = {"aws": "AWS", "scim": "the SCIM service"}
        self.asked = " and ".join(name for key, name in systems.items() if key in addresses)
        self.not_asked = " and ".join(name for key, name in systems.items() if key not in addresses)
        endpoint = addresses.get("aws") or None
        local = "local" if endpoint else None
        self._session = boto3.Session(local, local, region_name="eu-central-1" if endpoint else None)
        self._endpoint = endpoint
        self._scim = httpx.Client(
            base_url=addresses.get("scim", ""),
            headers={"Authorization": f"Bearer {addresses.get('scim_token', '')}"},
            timeout=30,
        )
        self._checks: dict[str, Callable[[Mapping[str, str], list[str]], list[str]]] = {
            "cloud_sandbox": self._sandbox,
            "analytics": self._analytics,
            "crm": self._crm,
            "iot": self._iot,
        }
        # Others come from packages and the catalogue; where they are is unknown here.
        self._known = {
            product for product in self._checks if ("scim" if product == "crm" else "aws") in addresses
        }

    def close(self) -> None:
        """Close the connections."""
        self._scim.close()

    def missing(self, product: str, identifiers: Mapping[str, str], emails: list[str]) -> list[str]:
        """What does not exist of a granted product."""
        if product not in self._known:
            return []
        try:
            return self._checks[product](identifiers, emails)
        except (ClientError, BotoCoreError, httpx.HTTPError, KeyError) as error:
            return [f"{product}: {type(error).__name__}: {error}"]

    def left_over(self, product: str, identifiers: Mapping[str, str], emails: list[str]) -> list[str]:
        """What is still usable of an undone product."""
        if product not in self._known:
            return []
        if product == "cloud_sandbox" and "account_id" in identifiers:
            status = self._account_status(identifiers["account_id"])
            return [] if status in _CLOSED else [f"the account {identifiers['account_id']} is still {status}"]
        if product == "crm":
            return [f"{email} still has an active CRM user" for email in emails if self._is_crm_user(email)]
        return [] if self.missing(product, identifiers, emails) else [f"{product} is still there"]

    def aws(self, service: str) -> Any:
        """A client of one AWS service at the stack's endpoint."""
        return self._session.client(
            service, endpoint_url=self._endpoint, config=Config(retries={"mode": "standard"})
        )  # type: ignore[call-overload]

    def _account_status(self, account_id: str) -> str:
        account = self.aws("organizations").describe_account(AccountId=account_id)["Account"]
        return str(account.get("State") or account["Status"])

    def _sandbox(self, found: Mapping[str, str], _emails: list[str]) -> list[str]:
        account_id = found["account_id"]
        wrong = []
        if (status := self._account_status(account_id)) != "ACTIVE":
            wrong.append(f"the account {account_id} is {status}")
        policies = self.aws("organizations").list_policies_for_target(
            TargetId=account_id, Filter="SERVICE_CONTROL_POLICY"
        )["Policies"]
        if not [policy for policy in policies if not policy["AwsManaged"]]:
            wrong.append(f"the account {account_id} has no guard rail")
        if not self._has_boundary(account_id, found["role_arn"]):
            wrong.append(f"{found['role_arn']} has no permissions boundary")
        return wrong

    def _has_boundary(self, account_id: str, role_arn: str) -> bool:
        access = self.aws("sts").assume_role(
            RoleArn=f"arn:aws:iam::{account_id}:role/OrganizationAccountAccessRole",
            RoleSessionName="gangway-demo",
        )["Credentials"]
        iam = boto3.client(
            "iam",
            endpoint_url=self._endpoint,
            region_name="eu-central-1",
            aws_access_key_id=access["AccessKeyId"],
            aws_secret_access_key=access["SecretAccessKey"],
            aws_session_token=access["SessionToken"],
        )
        return "PermissionsBoundary" in iam.get_role(RoleName=role_arn.rpartition("/")[2])["Role"]

    def _analytics(self, found: Mapping[str, str], _emails: list[str]) -> list[str]:
        wrong = []
        group = self.aws("athena").get_work_group(WorkGroup=found["workgroup"])["WorkGroup"]
        limits = group["Configuration"]
        if not (limits.get("EnforceWorkGroupConfiguration") and limits.get("BytesScannedCutoffPerQuery")):
            wrong.append(f"the workgroup {found['workgroup']} has no enforced scan limit")
        self.aws("glue").get_database(Name=found["database"])
        return wrong

    def _crm(self, _found: Mapping[str, str], emails: list[str]) -> list[str]:
        return [f"{email} has no active CRM user" for email in emails if not self._is_crm_user(email)]

    def _is_crm_user(self, email: str) -> bool:
        answer = self._scim.get(
            "/Users", params={"filter": f"userName eq {json.dumps(email, ensure_ascii=False)}"}
        )
        users = answer.raise_for_status().json().get("Resources", [])
        return any(user.get("active") for user in users)

    def _iot(self, found: Mapping[str, str], _emails: list[str]) -> list[str]:
        iot = self.aws("iot")
        iot.describe_thing(thingName=found["thing_name"])
        certificate = iot.describe_certificate(certificateId=found["certificate_id"])[
            "certificateDescription"
        ]
        principals = iot.list_thing_principals(thingName=found["thing_name"])["principals"]
        wrong = []
        if certificate["status"] != "ACTIVE":
            wrong.append(f"the certificate of {found['thing_name']} is {certificate['status']}")
        if certificate["certificateArn"] not in principals:
            wrong.append(f"{found['thing_name']} does not use its certificate")
        return wrong
