"""Everything that stands outside: in AWS and in the CRM, whoever made it, with the partner it belongs to."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import httpx
from botocore.config import Config

from fault_runner.facts import Thing

# Names outside have the last twelve hexadecimal digits of the partner's id, an account's those of its grant.
_OWNER = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])")
_CLOSED = frozenset({"SUSPENDED", "PENDING_CLOSURE", "CLOSED"})


def collect_outside(addresses: Mapping[str, str]) -> list[Thing]:
    """Ask AWS and the CRM for all they have; shared things (policies, permission sets) are left out."""
    return [*_AwsInventory(addresses["aws"]).things(), *_crm(addresses["scim"], addresses["scim_token"])]


def owner_in(name: str) -> str | None:
    """The twelve digits that tell whose thing it is; None for a thing that names nobody."""
    found = _OWNER.findall(name.replace("_", "-"))
    return found[0] if found else None


class _AwsInventory:
    """Lists by clients of its own, past the proxy."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._session = boto3.Session(
            region_name="eu-central-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def things(self) -> Iterator[Thing]:
        for kind, listing in {
            "account": self._accounts,
            "budget": self._budgets,
            "sign_in": self._sign_ins,
            "workgroup": self._workgroups,
            "database": self._databases,
            "seat_group": self._seat_groups,
            "seat": self._seats,
            "thing_group": self._thing_groups,
            "thing": self._things,
            "policy": self._policies,
            "certificate": self._certificates,
            "secret": self._secrets,
        }.items():
            for name, is_active in listing():
                yield Thing(kind, name, owner_in(name), is_active)

    def _client(self, service: str) -> Any:
        config = Config(retries={"mode": "standard"}, read_timeout=60)
        return self._session.client(service, endpoint_url=self._endpoint, config=config)  # type: ignore[call-overload]

    def _pages(self, service: str, operation: str, key: str, **values: Any) -> list[Any]:
        client = self._client(service)
        found = client.get_paginator(operation).paginate(**values).build_full_result()
        return list(found.get(key, []))

    def _accounts(self) -> Iterator[tuple[str, bool]]:
        """The root's address carries the grant; the account that owns the organization has another."""
        for account in self._pages("organizations", "list_accounts", "Accounts"):
            if account["Name"] != "master":
                state = account.get("State") or account["Status"]
                yield account["Name"], state not in _CLOSED

    def _budgets(self) -> Iterator[tuple[str, bool]]:
        main = self._client("sts").get_caller_identity()["Account"]
        for budget in self._pages("budgets", "describe_budgets", "Budgets", AccountId=main):
            yield budget["BudgetName"], True

    def _sign_ins(self) -> Iterator[tuple[str, bool]]:
        center = self._client("sso-admin")
        for instance in center.list_instances()["Instances"]:
            store = instance["IdentityStoreId"]
            for group in self._pages("identitystore", "list_groups", "Groups", IdentityStoreId=store):
                yield group["DisplayName"], True

    def _workgroups(self) -> Iterator[tuple[str, bool]]:
        for group in self._client("athena").list_work_groups()["WorkGroups"]:
            if group["Name"] != "primary":
                yield group["Name"], True

    def _databases(self) -> Iterator[tuple[str, bool]]:
        for database in self._pages("glue", "get_databases", "DatabaseList"):
            yield database["Name"], True

    def _seat_groups(self) -> Iterator[tuple[str, bool]]:
        for group in self._quicksight("list_groups")["GroupList"]:
            yield group["GroupName"], True

    def _seats(self) -> Iterator[tuple[str, bool]]:
        for user in self._quicksight("list_users")["UserList"]:
            yield user["UserName"], True

    def _quicksight(self, operation: str) -> Any:
        main = self._client("sts").get_caller_identity()["Account"]
        return getattr(self._client("quicksight"), operation)(AwsAccountId=main, Namespace="default")

    def _thing_groups(self) -> Iterator[tuple[str, bool]]:
        for group in self._pages("iot", "list_thing_groups", "thingGroups"):
            yield group["groupName"], True

    def _things(self) -> Iterator[tuple[str, bool]]:
        for thing in self._pages("iot", "list_things", "things"):
            yield thing["thingName"], True

    def _policies(self) -> Iterator[tuple[str, bool]]:
        for policy in self._pages("iot", "list_policies", "policies"):
            yield policy["policyName"], True

    def _certificates(self) -> Iterator[tuple[str, bool]]:
        """A certificate has no name; the thing that uses it tells whose it is, an unused one is nobody's."""
        iot = self._client("iot")
        for certificate in self._pages("iot", "list_certificates", "certificates"):
            things = iot.list_principal_things(principal=certificate["certificateArn"])["things"]
            used_by = things[0] if things else "nobody"
            yield f"{used_by} {certificate['certificateId'][:8]}", certificate["status"] == "ACTIVE"

    def _secrets(self) -> Iterator[tuple[str, bool]]:
        for secret in self._pages("secretsmanager", "list_secrets", "SecretList"):
            yield secret["Name"], True


def _crm(url: str, token: str) -> Iterator[Thing]:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(headers=headers, timeout=60) as client:
        start = 1
        while True:
            page = client.get(f"{url}/Users", params={"startIndex": start, "count": 500}).raise_for_status()
            users = page.json().get("Resources", [])
            for user in users:
                yield Thing("crm_user", user["userName"], None, bool(user.get("active")))
            start += len(users)
            if not users or start > page.json()["totalResults"]:
                return
