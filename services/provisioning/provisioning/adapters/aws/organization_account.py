"""The partner's own AWS account: one for each grant, however often the making of it was cut off."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chassis import clock
from chassis.failures import Failure, Kind, NeverPossible, NotNow
from provisioning.adapters.aws import names
from provisioning.adapters.aws.account_requests import (
    AccountIdentity,
    AccountRequests,
    created_accounts,
    ended_at,
    is_under_way,
    under_way,
)
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import constraint, error_code, sorted_failure
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation, Standing, differs
from provisioning.handlers.ports import Outputs

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import AccountTypeDef

_LISTED_WITHIN = timedelta(hours=1)
_CLOSED = {"SUSPENDED", "PENDING_CLOSURE", "CLOSED"}
_CLOSE_LIMITS = {"CLOSE_ACCOUNT_QUOTA_EXCEEDED", "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"}


class OrganizationAccount(FrozenElsewhere):
    """Step: makes an account in the organization; undo closes it, or leaves it to the pool.

    The intent is in two names made from the grant, the root user's email address and the account's name. An
    account from the pool is known by its id, which was noted on the grant.
    """

    name = "sandbox_account"

    def __init__(self, aws: AwsClients, email_pattern: str, role_name: str) -> None:
        self._aws = aws
        self._email_pattern = email_pattern
        self._requests = AccountRequests(aws, role_name)

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """A closed account is gone, though AWS lists it for 90 days more; so is one that goes back."""
        account_id = outputs.get("account_id")
        if order.intent is Intent.OFF and outputs.get("account_goes_back") and account_id is not None:
            return ABSENT
        if account_id is not None:
            return ON if is_open(self._aws, account_id) else ABSENT
        account = self._find(order, outputs)
        if account is not None:
            return ABSENT if is_closed(account) else ON
        creations = self._requests.creations(self._identity(order))
        return differs("account_under_way") if any(map(is_under_way, creations)) else ABSENT

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        """Raises NotNow with ``retry_after`` while AWS is at work; that takes about a minute."""
        account = self._find(order, outputs)
        if account is not None and is_closed(account):
            raise account_closed(account["Id"])
        wanted = self._identity(order)
        account_id = account["Id"] if account else self._requests.requested(wanted)
        return {"account_id": account_id, "account_name": account["Name"] if account else wanted.name}

    def undo(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        """Close the account; AWS keeps it suspended for 90 days and allows few closures in 30 days."""
        if outputs.get("account_goes_back"):
            return self._leave_to_pool(order, outputs)
        account = self._find(order, outputs)
        if account is None:
            self._close_unlisted(order, outputs)
        elif not is_closed(account):
            self._close(account["Id"], outputs)
        return None

    def _leave_to_pool(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """Say which it is, once nobody is in it: whoever tends the pool takes it from there."""
        if outputs.get("account_is_open"):
            message = "Access to the account is not switched off yet"
            raise NotNow("account_still_open", message, kind=Kind.CONFLICT)
        account_id = outputs.get("account_id")
        if account_id is None:
            account = self._find(order, outputs)
            account_id = account["Id"] if account else next(self._unlisted(order), None)
        facts = {"account_id": account_id} if account_id else {}
        return Observation(standing=Standing.ABSENT, facts=facts)

    def _close_unlisted(self, order: GrantOrder, outputs: Outputs) -> None:
        for account_id in self._unlisted(order):
            self._close(account_id, outputs)

    def _unlisted(self, order: GrantOrder) -> Iterator[str]:
        """Yield what AWS has made but does not list yet. Raises NotNow while AWS is still making it."""
        for status in self._requests.creations(self._identity(order)):
            if is_under_way(status):
                raise under_way()
            if status["State"] == "SUCCEEDED" and is_open(self._aws, status["AccountId"]):
                yield status["AccountId"]

    def _find(self, order: GrantOrder, outputs: Outputs) -> "AccountTypeDef | None":
        """Look by the id that was noted, and before that by the address."""
        noted = outputs.get("account_id")
        if noted is not None:
            return described(self._aws, noted)
        return self._requests.listed(self._identity(order))

    def _close(self, account_id: str, outputs: Outputs) -> None:
        not_before = outputs.get("close_not_before")
        if not_before is not None:
            message = f"AWS allows no more closures in 30 days; the next one on {not_before:%d %B %Y}"
            # It stands in our own queue, which moves however long it is: no patience ends meanwhile.
            wait = NotNow("close_quota_used_up", message, not_before - clock.now(), made_progress=True)
            raise quarantined(account_id, wait)
        close(self._aws, account_id)

    def _identity(self, order: GrantOrder) -> AccountIdentity:
        return AccountIdentity.of(order.grant_id, self._email_pattern, names.GRANT_TAG)


def close(aws: AwsClients, account_id: str) -> None:
    """Raises NotNow of kind QUOTA where AWS allows no more closures now."""
    try:
        aws.write.organizations.close_account(AccountId=account_id)
    except ClientError as error:
        if error_code(error) == "AccountAlreadyClosedException":
            return
        if constraint(error) not in _CLOSE_LIMITS:
            raise
        raise quarantined(account_id, sorted_failure(error)) from error


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
        account = aws.read.organizations.describe_account(AccountId=account_id)["Account"]
    except ClientError as error:
        if error_code(error) != "AccountNotFoundException":
            raise
        if _was_just_made(aws, account_id):
            message = f"AWS does not show the account {account_id} yet"
            raise NotNow("account_not_seen_yet", message, kind=Kind.EVENTUAL_CONSISTENCY) from error
        return None
    if account["Id"] != account_id:
        raise NotNow("answer_about_another", f"AWS was asked for {account_id} and told of {account['Id']}")
    return account


def account_closed(account_id: str) -> NeverPossible:
    message = f"The account {account_id} was closed, or left the organization; a new grant gets a new one"
    return NeverPossible("account_closed", message, kind=Kind.DRIFT)


def _was_just_made(aws: AwsClients, account_id: str) -> bool:
    return any(
        status.get("AccountId") == account_id and clock.now() - ended_at(status) < _LISTED_WITHIN
        for status in created_accounts(aws, States=["SUCCEEDED"])
    )


def quarantined(account_id: str, cause: Failure) -> NotNow:
    message = f"The account {account_id} is switched off and waits to be closed. {cause.message}"
    wait = cause.retry_after if isinstance(cause, NotNow) else None
    moves = isinstance(cause, NotNow) and cause.made_progress
    return NotNow("account_quarantined", message, wait, kind=Kind.QUOTA, made_progress=moves)
