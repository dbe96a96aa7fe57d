"""Accounts as they are asked for: once, however often the asking was cut off."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from chassis import clock
from chassis.failures import Kind, NotNow
from chassis.frozen import Frozen
from provisioning.adapters.aws import names
from provisioning.adapters.aws.account_creation import failure_of_creation
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import every

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import AccountTypeDef, CreateAccountStatusTypeDef

_ACCOUNTS_ON_A_PAGE = 20
_LOOK_AGAIN = timedelta(seconds=5)
_FAILURE_IS_NEWS = timedelta(seconds=60)


class AccountIdentity(Frozen):
    """By what it is found: AWS takes an email address once in the world, and lists creations by name."""

    email: str
    name: str
    tags: Mapping[str, str]

    @classmethod
    def of(cls, account_key: UUID, email_pattern: str, tag: str) -> Self:
        email = email_pattern.format(key=account_key.hex).lower()
        return cls(email=email, name=names.of_account(account_key), tags={tag: str(account_key)})


class AccountRequests:
    """CreateAccount has no idempotency token, so both names are looked for before anything is created."""

    def __init__(self, aws: AwsClients, role_name: str) -> None:
        self._aws = aws
        self._role_name = role_name

    def listed(self, wanted: AccountIdentity) -> "AccountTypeDef | None":
        """Look by the address, which the account's owner can change."""
        paging = {"PageSize": _ACCOUNTS_ON_A_PAGE}
        accounts = every(self._aws.read.organizations, "list_accounts", "Accounts", PaginationConfig=paging)
        return next((a for a in accounts if a.get("Email", "").lower() == wanted.email), None)

    def creations(self, wanted: AccountIdentity) -> list["CreateAccountStatusTypeDef"]:
        """Return what became of each request for this account, oldest first.

        Earlier releases asked for it by another name with the same end.
        """
        statuses, digits = created_accounts(self._aws), wanted.name.rpartition("-")[2]
        ours = [one for one in statuses if one.get("AccountName", "").rpartition("-")[2] == digits]
        return sorted(ours, key=lambda status: status["RequestedTimestamp"])

    def requested(self, wanted: AccountIdentity) -> str:
        """Return the account's id, or ask AWS for it unless that was done.

        A creation that failed within the last minute is reported; an older failure is history, and
        who tries again means it. Raises NotNow with ``retry_after`` while AWS is at work.
        """
        found, failed = self.made(wanted)
        if found is not None:
            return found
        if failed is not None and clock.now() - ended_at(failed) < _FAILURE_IS_NEWS:
            raise failure_of_creation(failed)
        return self._request(wanted)

    def made(self, wanted: AccountIdentity) -> "tuple[str | None, CreateAccountStatusTypeDef | None]":
        """Return the id of the account that was made, and the newest request that failed.

        Raises NotNow with ``retry_after`` while AWS is at work.
        """
        creations = {status["State"]: status for status in self.creations(wanted)}
        if any(map(is_under_way, creations.values())):
            raise under_way()
        made = creations.get("SUCCEEDED")
        return made["AccountId"] if made else None, creations.get("FAILED")

    def _request(self, wanted: AccountIdentity) -> str:
        answer = self._aws.write.organizations.create_account(
            Email=wanted.email,
            AccountName=wanted.name,
            RoleName=self._role_name,
            IamUserAccessToBilling="DENY",
            Tags=[{"Key": key, "Value": value} for key, value in wanted.tags.items()],
        )
        status = answer["CreateAccountStatus"]
        if status["State"] == "FAILED":
            raise failure_of_creation(status)
        if status["State"] != "SUCCEEDED":
            raise under_way()
        return status["AccountId"]


def created_accounts(aws: AwsClients, **wanted: Any) -> Iterator["CreateAccountStatusTypeDef"]:
    organizations = aws.read.organizations
    return every(organizations, "list_create_account_status", "CreateAccountStatuses", **wanted)


def is_under_way(status: "CreateAccountStatusTypeDef") -> bool:
    """Also in a state that AWS invents later: nothing is asked for twice because of that."""
    return status["State"] not in ("SUCCEEDED", "FAILED")


def ended_at(status: "CreateAccountStatusTypeDef") -> datetime:
    return status.get("CompletedTimestamp") or status["RequestedTimestamp"]


def under_way() -> NotNow:
    return NotNow("account_under_way", "AWS is making the account", _LOOK_AGAIN, kind=Kind.UNDER_WAY)
