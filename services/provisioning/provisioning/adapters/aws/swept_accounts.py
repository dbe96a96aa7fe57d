"""Lists sandboxes for a sweep: the accounts, and their budgets."""

import re
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.failures import NeverPossible
from provisioning.adapters.aws import marks, names
from provisioning.adapters.aws.aws_listing import aws_listing, listed, seen_as, undone
from provisioning.adapters.aws.budget import Budget
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import every
from provisioning.adapters.aws.organization_account import OrganizationAccount, described, is_closed
from provisioning.adapters.aws.organization_units import OrganizationUnit
from provisioning.adapters.listing import Seen
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.handlers.ports import Inventory

if TYPE_CHECKING:
    from types_boto3_organizations.type_defs import AccountTypeDef

_SANDBOX = "cloud_sandbox"
_ACCOUNTS_ON_A_PAGE = 20


class SweptAccounts:
    """Accounts of the organization that were created for a grant, and all accounts in our units.

    Ours by email address, which AWS gives to one account in the world, by name, or by tag. A closed account
    is gone.
    """

    def __init__(
        self, aws: AwsClients, email_pattern: str, account: OrganizationAccount, unit: OrganizationUnit
    ) -> None:
        self._aws = aws
        before, _, behind = email_pattern.lower().partition("{key}")
        self._email = re.compile(f"{re.escape(before)}([0-9a-f]{{32}}){re.escape(behind)}")
        self._account = account
        self._unit = unit

    def inventories(self) -> list[Inventory]:
        listing = partial(
            aws_listing,
            product=_SANDBOX,
            look=lambda account_id: described(self._aws, account_id),
            take_away=self._close,
        )
        by_name = listed(
            lambda: self._aws.read.organizations,
            "list_accounts",
            "Accounts",
            lambda: {"MaxResults": _ACCOUNTS_ON_A_PAGE},
        )
        return [
            listing(ThingKind.ACCOUNT, pages=by_name, seen=self._seen_by_name),
            listing(ThingKind.ACCOUNT_IN_OUR_UNIT, pages=self._in_our_units, seen=self._seen_in_unit),
        ]

    def _seen_by_name(self, account: "AccountTypeDef") -> Seen | None:
        if is_closed(account):
            return None
        mark = self._mark(account)
        return Seen(account["Id"], mark, account.get("Name", "")) if mark else None

    def _mark(self, account: "AccountTypeDef") -> Mark | None:
        by_mail = self._email.fullmatch(account.get("Email", "").lower())
        by_name = marks.of_account(account.get("Name", ""))
        if by_mail:
            return replace(by_name or Mark(), grant_id=UUID(by_mail[1]), noted_id=account["Id"])
        return by_name and replace(by_name, noted_id=account["Id"])

    def _seen_in_unit(self, account: "AccountTypeDef") -> Seen | None:
        """Accounts the other inventory misses: people created them, or changed name and address."""
        if is_closed(account) or self._mark(account) or not self._unit.is_ours(account["Id"]):
            return None
        mark = Mark(grant_id=self._tagged(account["Id"]), noted_id=account["Id"])
        return Seen(account["Id"], mark, account.get("Name", ""))

    def _tagged(self, account_id: str) -> UUID | None:
        tags = every(self._aws.read.organizations, "list_tags_for_resource", "Tags", ResourceId=account_id)
        return next((marks.id_in(tag["Value"]) for tag in tags if tag["Key"] == names.GRANT_TAG), None)

    def _in_our_units(self, cursor: str | None) -> "tuple[list[AccountTypeDef], str | None]":
        """A cursor is the position of the unit, and the token within it."""
        units = self._unit.ours()
        place, _, token = (cursor or "0:").partition(":")
        number = int(place)
        if number >= len(units):
            return [], None
        more: Any = {"NextToken": token} if token else {}
        answer = self._aws.read.organizations.list_accounts_for_parent(ParentId=units[number], **more)
        following = f"{number}:{answer['NextToken']}" if answer.get("NextToken") else f"{number + 1}:"
        return answer["Accounts"], following if following != f"{len(units)}:" else None

    def _close(self, thing: Thing) -> None:
        """Deny everything, then close it. Raises NeverPossible for accounts that we did not create."""
        if thing.mark.grant_id is None and thing.mark.grant_digits is None:
            message = f"The account {thing.outside_id} was not made by us: move it out of our unit"
            raise NeverPossible("account_not_ours", message)
        order = marks.order_of("", grant_id=thing.mark.grant_id or UUID(int=0))
        outputs = {"account_id": thing.outside_id}
        self._unit.undo(order, outputs)
        self._account.undo(order, outputs)


def budgets(aws: AwsClients, budget: Budget) -> Inventory:
    def whose() -> dict[str, str]:
        return {"AccountId": aws.caller.account_id}

    return aws_listing(
        ThingKind.BUDGET,
        product=_SANDBOX,
        pages=listed(lambda: aws.read.budgets, "describe_budgets", "Budgets", whose),
        seen=seen_as(itemgetter("BudgetName"), marks.of_budget),
        look=budget.described,
        take_away=undone(budget),
    )
