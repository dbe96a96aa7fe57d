"""AWS's bills by Cost Explorer: what each account cost on each day, by kind of record."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chassis.failures import NeverPossible
from provisioning.adapters.aws.clients import AwsClients
from provisioning.adapters.aws.failures import sorted_failure
from provisioning.handlers.money_ports import BilledDay

# Cost Explorer is one for all regions, and lives here.
_REGION = "us-east-1"
_PAGES_MOST = 200


class CostExplorer:
    """Implements the port `Bills`. Each page costs 0.01 USD; AWS brings them up to date three times a day."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws
        self._client: Any = None

    def read(self, account_ids: Collection[str], since: date, until: date) -> list[BilledDay]:
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
        for _ in range(_PAGES_MOST):
            page = self._page(wanted)
            for key, usd in _days(page):
                sums[key] = sums.get(key, Decimal(0)) + usd
            wanted["NextPageToken"] = page.get("NextPageToken")
            if not wanted["NextPageToken"]:
                known = set(account_ids)
                return [BilledDay(*key, usd) for key, usd in sums.items() if key[0] in known]
        raise NeverPossible("bills_without_end", f"Cost Explorer gave {_PAGES_MOST} pages and did not end.")

    def _page(self, wanted: dict[str, Any]) -> Any:
        try:
            return self._client.get_cost_and_usage(**wanted)
        except (ClientError, BotoCoreError) as error:
            raise sorted_failure(error) from error


def _days(page: Any) -> list[tuple[tuple[str, date, str], Decimal]]:
    """A day may be on two pages, some of its groups on each. Raises NeverPossible for another currency."""
    found = []
    for result in page["ResultsByTime"]:
        day = date.fromisoformat(result["TimePeriod"]["Start"][:10])
        for group in result.get("Groups", ()):
            account_id, record_type = group["Keys"]
            cost = group["Metrics"]["UnblendedCost"]
            if cost["Unit"] != "USD":
                raise NeverPossible("other_currency", f"AWS bills in {cost['Unit']}; budgets are in USD.")
            found.append(((account_id, day, record_type), Decimal(cost["Amount"])))
    return found
