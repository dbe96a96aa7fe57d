"""The accounts of the pool: made, moved and closed in the organization, without a grant."""

from functools import partial
from uuid import UUID

from chassis.failures import Kind, NeverPossible, NotNow
from provisioning.adapters.aws import names
from provisioning.adapters.aws.account_requests import AccountIdentity, AccountRequests
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import unless_gone
from provisioning.adapters.aws.organization_account import close, described, is_closed, is_open
from provisioning.adapters.aws.organization_units import OrganizationUnit
from provisioning.handlers.account_ports import Place


class OrganizationsAccountVendor:
    """Implements the port `AccountVendor`."""

    def __init__(
        self, aws: AwsClients, unit: OrganizationUnit, *, email_pattern: str, role_name: str
    ) -> None:
        self._aws = aws
        self._unit = unit
        self._email_pattern = email_pattern
        self._requests = AccountRequests(aws, role_name)

    def make(self, account_key: UUID) -> str:
        wanted = self._identity(account_key)
        account = self._requests.listed(wanted)
        return account["Id"] if account else self._requests.requested(wanted)

    def find(self, account_key: UUID) -> str | None:
        wanted = self._identity(account_key)
        account = self._requests.listed(wanted)
        if account is not None:
            return account["Id"]
        return self._requests.made(wanted)[0]

    def is_ours(self, account_id: str) -> bool:
        """The organization's own account never is."""
        is_own = account_id == self._aws.caller.account_id
        return not is_own and is_open(self._aws, account_id) and self._unit.is_ours(account_id)

    def place(self, account_key: UUID, account_id: str, place: Place) -> bool:
        if account_id == self._aws.caller.account_id:
            message = f"The account {account_id} is the organization's own."
            raise NeverPossible("account_not_ours", message)
        account = described(self._aws, account_id)
        if account is None or is_closed(account):
            return False
        self._unit.put(account_id, place)
        is_named = account.get("Name") != names.of_account(account_key)
        if place is Place.CLEAN_UP or (place is Place.AVAILABLE and is_named):
            self._forget_tenant(account_key, account_id)
        return True

    def is_at(self, account_id: str, place: Place) -> bool:
        return is_open(self._aws, account_id) and self._unit.is_at(account_id, place)

    def close(self, account_id: str) -> None:
        if is_open(self._aws, account_id):
            close(self._aws, account_id)
        if is_open(self._aws, account_id):
            message = f"The account {account_id} is not seen closed yet"
            raise NotNow("not_seen_yet", message, kind=Kind.EVENTUAL_CONSISTENCY)

    def _identity(self, account_key: UUID) -> AccountIdentity:
        return AccountIdentity.of(account_key, self._email_pattern, names.POOL_TAG)

    def _forget_tenant(self, account_key: UUID, account_id: str) -> None:
        """Take off what tells who had it and no cleaner deletes: its name, and the alias people gave it.

        As the member role: the management account would need trusted access for Account Management.
        """
        client, region = self._aws.member(account_id), self._aws.caller.region
        client("account", region).put_account_name(AccountName=names.of_account(account_key))
        iam = client("iam", region)
        for alias in iam.list_account_aliases()["AccountAliases"]:
            unless_gone(partial(iam.delete_account_alias, AccountAlias=alias))
