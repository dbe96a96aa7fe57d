"""The partner's own AWS account: one for each grant, however often the making of it was cut off."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chassis import clock
from chassis.failures import Failure, Kind, NeverPossible, NotNow
from provisioning.adapters.aws import names
from provisioning.adapters.aws.account_creation import failure_of_creation
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import constraint, error_code, sorted_failure
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation, differs
from provisioning.handlers.ports import Outputs

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import AccountTypeDef, CreateAccountStatusTypeDef

_ACCOUNTS_ON_A_PAGE = 20
_LOOK_AGAIN = timedelta(seconds=5)
_LISTED_WITHIN = timedelta(hours=1)
_FAILURE_IS_NEWS = timedelta(seconds=60)
_CLOSED = {"SUSPENDED", "PENDING_CLOSURE", "CLOSED"}
_CLOSE_LIMITS = {"CLOSE_ACCOUNT_QUOTA_EXCEEDED", "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"}


class OrganizationAccount(FrozenElsewhere):
    """Step: makes an account in the organization; undo closes it.

    CreateAccount has no idempotency token. The intent is therefore in two names made from the grant:
    the root user's mail address, which AWS accepts once in the world, and the account's name, by
    which a creation under way is found. Both are looked for before anything is created.
    """

    name = "sandbox_account"

    def __init__(self, aws: AwsClients, email_pattern: str, role_name: str) -> None:
        self._aws = aws
        self._email_pattern = email_pattern
        self._role_name = role_name

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """A closed account is gone, though AWS lists it for 90 days more."""
        account_id = outputs.get("account_id")
        if account_id is not None:
            return ON if is_open(self._aws, account_id) else ABSENT
        account = self._find(order, outputs)
        if account is not None:
            return ABSENT if is_closed(account) else ON
        under_way = any(status["State"] == "IN_PROGRESS" for status in self._creations(order))
        return differs("account_under_way") if under_way else ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """Raises NotNow with ``retry_after`` while AWS is at work; that takes about a minute."""
        account = self._find(order, outputs)
        if account is not None and is_closed(account):
            raise account_closed(account["Id"])
        account_id = account["Id"] if account else self._requested(order)
        return {"account_id": account_id, "account_name": names.of_account(order)}

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        """Close the account; AWS keeps it suspended for 90 days and allows few closures in 30 days."""
        account = self._find(order, outputs)
        if account is None:
            self._close_unlisted(order)
        elif not is_closed(account):
            self._close(account["Id"])

    def _close_unlisted(self, order: GrantOrder) -> None:
        """Close what AWS has made but does not list yet. Raises NotNow while AWS is still making it."""
        for status in self._creations(order):
            if status["State"] == "IN_PROGRESS":
                raise _under_way()
            if status["State"] == "SUCCEEDED" and is_open(self._aws, status["AccountId"]):
                self._close(status["AccountId"])

    def _requested(self, order: GrantOrder) -> str:
        """Return the account's id, or ask AWS for it unless that was done.

        A creation that failed within the last minute is reported; an older failure is history, and
        who tries again means it.
        """
        creations = {status["State"]: status for status in self._creations(order)}
        if "IN_PROGRESS" in creations:
            raise _under_way()
        if "SUCCEEDED" in creations:
            return creations["SUCCEEDED"]["AccountId"]
        if "FAILED" in creations and _is_news(creations["FAILED"]):
            raise failure_of_creation(creations["FAILED"])
        return self._request(order)

    def _request(self, order: GrantOrder) -> str:
        answer = self._aws.write.organizations.create_account(
            Email=self._email(order),
            AccountName=names.of_account(order),
            RoleName=self._role_name,
            IamUserAccessToBilling="DENY",
            Tags=[{"Key": key, "Value": value} for key, value in names.tags(order)],
        )
        status = answer["CreateAccountStatus"]
        if status["State"] == "FAILED":
            raise failure_of_creation(status)
        if status["State"] != "SUCCEEDED":
            raise _under_way()
        return status["AccountId"]

    def _find(self, order: GrantOrder, outputs: Outputs) -> "AccountTypeDef | None":
        """Look by the id that was noted, and before that by the address, which its owner can change."""
        noted = outputs.get("account_id")
        if noted is not None:
            return described(self._aws, noted)
        email = self._email(order)
        paginator = self._aws.read.organizations.get_paginator("list_accounts")
        pages = paginator.paginate(PaginationConfig={"PageSize": _ACCOUNTS_ON_A_PAGE})
        accounts = (account for page in pages for account in page["Accounts"])
        return next((a for a in accounts if a.get("Email", "").lower() == email), None)

    def _creations(self, order: GrantOrder) -> Iterator["CreateAccountStatusTypeDef"]:
        """Yield what became of each request for this account, oldest first."""
        pages = self._aws.read.organizations.get_paginator("list_create_account_status").paginate()
        statuses = (status for page in pages for status in page["CreateAccountStatuses"])
        ours = [status for status in statuses if status.get("AccountName") == names.of_account(order)]
        yield from sorted(ours, key=lambda status: status["RequestedTimestamp"])

    def _close(self, account_id: str) -> None:
        try:
            self._aws.write.organizations.close_account(AccountId=account_id)
        except ClientError as error:
            if error_code(error) == "AccountAlreadyClosedException":
                return
            if constraint(error) not in _CLOSE_LIMITS:
                raise
            raise _quarantined(account_id, sorted_failure(error)) from error

    def _email(self, order: GrantOrder) -> str:
        return self._email_pattern.format(key=order.grant_id.hex).lower()


def state_of(account: "AccountTypeDef") -> str:
    """Return the state; AWS replaces ``Status`` by ``State``, and not every answer has both."""
    return account.get("State") or account.get("Status") or ""


def is_closed(account: "AccountTypeDef") -> bool:
    return state_of(account) in _CLOSED


def is_open(aws: AwsClients, account_id: str) -> bool:
    """Return False for an account that is closed, being closed, or no longer in the organization."""
    account = described(aws, account_id)
    return account is not None and not is_closed(account)


def described(aws: AwsClients, account_id: str) -> "AccountTypeDef | None":
    """Return None for what is no longer in the organization. Raises NotNow for what is not seen yet."""
    try:
        return aws.read.organizations.describe_account(AccountId=account_id)["Account"]
    except ClientError as error:
        if error_code(error) != "AccountNotFoundException":
            raise
        if _was_just_made(aws, account_id):
            message = f"AWS does not show the account {account_id} yet"
            raise NotNow("account_not_seen_yet", message, kind=Kind.EVENTUAL_CONSISTENCY) from error
        return None


def account_closed(account_id: str) -> NeverPossible:
    message = f"The account {account_id} was closed, or left the organization; a new grant gets a new one"
    return NeverPossible("account_closed", message, kind=Kind.DRIFT)


def _was_just_made(aws: AwsClients, account_id: str) -> bool:
    pages = aws.read.organizations.get_paginator("list_create_account_status").paginate(States=["SUCCEEDED"])
    return any(
        status.get("AccountId") == account_id and clock.now() - _ended_at(status) < _LISTED_WITHIN
        for page in pages
        for status in page["CreateAccountStatuses"]
    )


def _quarantined(account_id: str, cause: Failure) -> NotNow:
    message = f"The account {account_id} is switched off and waits to be closed. {cause.message}"
    wait = cause.retry_after if isinstance(cause, NotNow) else None
    return NotNow("account_quarantined", message, wait, kind=Kind.QUOTA)


def _is_news(status: "CreateAccountStatusTypeDef") -> bool:
    return clock.now() - _ended_at(status) < _FAILURE_IS_NEWS


def _ended_at(status: "CreateAccountStatusTypeDef") -> datetime:
    return status.get("CompletedTimestamp") or status["RequestedTimestamp"]


def _under_way() -> NotNow:
    return NotNow("account_under_way", "AWS is making the account", _LOOK_AGAIN, kind=Kind.UNDER_WAY)
