"""The budget of a sandbox: an alarm, not a limit, because AWS counts 8 to 12 hours late."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chassis.text.mail_addresses import wire_address
from provisioning.adapters.aws import names
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import tolerated, unless_gone
from provisioning.adapters.step_shapes import FrozenElsewhere
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import ABSENT, ON, Observation, differs
from provisioning.handlers.ports import Outputs

if TYPE_CHECKING:
    from types_boto3_budgets.type_defs import (
        BudgetTypeDef,
        NotificationWithSubscribersTypeDef,
        SubscriberTypeDef,
    )

_SUBSCRIBERS_MOST = 10


class Budget(FrozenElsewhere):
    """Step: a monthly budget in the organization's management account, with a mail at each threshold.

    Parameters: ``budget_usd_per_month``, ``budget_thresholds_percent``. AWS takes a budget and its
    notifications in one call and identifies it by name, so it is never half made and never doubled.
    """

    name = "sandbox_budget"

    def __init__(self, aws: AwsClients, alert_email: str) -> None:
        self._aws = aws
        self._alert_email = alert_email

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        """On if limit and account are those we set; what AWS has counted so far does not matter."""
        known = self.described(names.of_budget(order))
        if known is None:
            return ABSENT
        limit, filters = known.get("BudgetLimit", {}), known.get("CostFilters", {})
        is_limit = Decimal(limit.get("Amount", "0")) == Decimal(str(order.parameters["budget_usd_per_month"]))
        is_account = outputs.get("account_id") in (
            None,
            *filters.get("LinkedAccount", [outputs.get("account_id")]),
        )
        is_ours = is_limit and limit.get("Unit") == "USD" and is_account
        return ON if is_ours else differs("budget_changed", budget=names.of_budget(order))

    def described(self, name: str) -> Any:
        """Return None if there is no budget of this name."""
        account_id, describe = self._aws.caller.account_id, self._aws.read.budgets.describe_budget
        return unless_gone(lambda: describe(AccountId=account_id, BudgetName=name)["Budget"])

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        budget: BudgetTypeDef = {
            "BudgetName": names.of_budget(order),
            "BudgetLimit": {"Amount": str(order.parameters["budget_usd_per_month"]), "Unit": "USD"},
            "CostFilters": {"LinkedAccount": [outputs["account_id"]]},
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        }
        noted = {"budget_name": names.of_budget(order)}
        with tolerated("DuplicateRecordException"):
            self._aws.write.budgets.create_budget(
                AccountId=self._aws.caller.account_id,
                Budget=budget,
                NotificationsWithSubscribers=self._notifications(order),
            )
            return noted
        if self.observe(order, outputs) != ON:
            self._aws.write.budgets.update_budget(AccountId=self._aws.caller.account_id, NewBudget=budget)
        self._renew_notifications(order)
        return noted

    def undo(self, order: GrantOrder, outputs: Outputs) -> None:
        which = {"AccountId": self._aws.caller.account_id, "BudgetName": names.of_budget(order)}
        unless_gone(lambda: self._aws.write.budgets.delete_budget(**which))

    def _renew_notifications(self, order: GrantOrder) -> None:
        """Send mails to the current contact, and no longer to former ones."""
        budget: Any = {
            "AccountId": self._aws.caller.account_id,
            "BudgetName": names.of_budget(order),
        }
        pages = self._aws.read.budgets.get_paginator("describe_notifications_for_budget").paginate(**budget)
        for known in [one for page in pages for one in page.get("Notifications", [])]:
            self._aws.write.budgets.delete_notification(**budget, Notification=known)
        for wanted in self._notifications(order):
            self._aws.write.budgets.create_notification(**budget, **wanted)

    def _notifications(self, order: GrantOrder) -> list["NotificationWithSubscribersTypeDef"]:
        contacts = [wire_address(member.email) for member in order.members if member.is_contact]
        addresses = dict.fromkeys(filter(None, [self._alert_email, *contacts]))
        subscribers: list[SubscriberTypeDef] = [
            {"SubscriptionType": "EMAIL", "Address": address}
            for address in list(addresses)[:_SUBSCRIBERS_MOST]
        ]
        if not subscribers:
            return []
        return [
            {
                "Notification": {
                    "NotificationType": "ACTUAL",
                    "ComparisonOperator": "GREATER_THAN",
                    "Threshold": percent,
                    "ThresholdType": "PERCENTAGE",
                },
                "Subscribers": subscribers,
            }
            for percent in order.parameters["budget_thresholds_percent"]
        ]
