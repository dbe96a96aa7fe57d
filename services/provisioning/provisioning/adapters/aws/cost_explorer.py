"""AWS's bills by Cost Explorer: what each account cost on each day, by kind of record."""

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chassis.failures import NeverPossible
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import sorted_failure
from provisioning.domain.steps import Cause
from provisioning.handlers.money_ports import Billed, BilledDay

# Cost Explorer is one for all regions, and lives here.
_REGION = "us-east-1"
_PAGES_MOST = 200


class CostExplorer:
    """Implements the port `Bills`. Each page costs 0.01 USD; AWS brings them up to date three times a day."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws
        self._client: Any = None

    def read(self, account_ids: Collection[str], since: date, until: date) -> Billed:
        self._client = self._client or self._aws.read.new("ce", region_name=_REGION)
        wanted: dict[str, Any] = {
            "TimePeriod": {"Start": since.isoformat(), "End": until.isoformat()},
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost"],
            "Filter": {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": sorted(account_ids)}},
            "GroupBy": [
                {"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"},
                {"Type": "DIMENSION", "Key": "RECORD_TYPE"},
            ],
        }
        sums: dict[tuple[str, date, str], Decimal] = {}
        unreadable: dict[str, Cause] = {}
        for _ in range(_PAGES_MOST):
            page = self._page(wanted)
            for key, cost in _days(page):
                if (wrong := _unreadable(cost)) is not None:
                    unreadable[key[0]] = wrong
                else:
                    sums[key] = sums.get(key, Decimal(0)) + Decimal(cost["Amount"])
            wanted["NextPageToken"] = page.get("NextPageToken")
            if not wanted["NextPageToken"]:
                known = set(account_ids) - unreadable.keys()
                days = [BilledDay(*key, usd) for key, usd in sums.items() if key[0] in known]
                told = {one: why for one, why in unreadable.items() if one in account_ids}
                return Billed(days=days, unreadable=told)
        raise NeverPossible("bills_without_end", f"Cost Explorer gave {_PAGES_MOST} pages and did not end.")

    def _page(self, wanted: dict[str, Any]) -> Any:
        try:
            return self._client.get_cost_and_usage(**wanted)
        except (ClientError, BotoCoreError) as error:
            raise sorted_failure(error) from error


def _days(page: Any) -> Iterator[tuple[tuple[str, date, str], Any]]:
    """What each account is billed by day and kind; a day may be on two pages, some of its groups on each."""
    for result in page["ResultsByTime"]:
        day = date.fromisoformat(result["TimePeriod"]["Start"][:10])
        for group in result.get("Groups", ()):
            account_id, record_type = group["Keys"]
            yield (account_id, day, record_type), group["Metrics"]["UnblendedCost"]


def _unreadable(cost: Any) -> Cause | None:
    if cost["Unit"] != "USD":
        return Cause("other_currency", f"AWS bills in {cost['Unit'][:20]}; budgets are in USD.")
    try:
        is_amount = Decimal(cost["Amount"]).is_finite()
    except InvalidOperation:
        is_amount = False
    return None if is_amount else Cause("no_amount", "AWS bills what is no amount.")
