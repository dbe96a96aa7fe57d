"""Cost Explorer's GetCostAndUsage in front of moto, which can only repeat prepared answers.

Follows the shapes and pages that AWS documents, as far as needed here: days, one metric, filtered by linked
accounts, grouped by at most two dimensions. POST /gangway/bills sets what was billed, with a list of
{account_id, day, record_type, amount, unit}; a repeated bill replaces the former one.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from werkzeug import Request, Response

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
BILLS = "/gangway/bills"
_TARGET = "AWSInsightsIndexService.GetCostAndUsage"
_RESET = "/moto-api/reset"
_FIELDS = {"LINKED_ACCOUNT": "account_id", "RECORD_TYPE": "record_type"}
Bill = dict[str, str]


class Refused(Exception):
    """AWS's error, by its name."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class BillsApplication:
    """Answers for Cost Explorer and forwards everything else. A page has ``groups_on_a_page`` groups."""

    def __init__(self, application: Application, groups_on_a_page: int = 100) -> None:
        self._application = application
        self._groups_on_a_page = groups_on_a_page
        self._bills: dict[tuple[str, str, str], Bill] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        is_told, is_asked = environ["PATH_INFO"] == BILLS, environ.get("HTTP_X_AMZ_TARGET") == _TARGET
        if environ["PATH_INFO"] == _RESET:
            self._bills.clear()
        if not (is_told or is_asked):
            return self._application(environ, start_response)
        body = Request(environ).get_json(force=True)
        try:
            status, answer = 200, self._tell(body) if is_told else self._answer(body)
        except Refused as refusal:
            status, answer = 400, {"__type": refusal.name, "message": str(refusal)}
        response = Response(json.dumps(answer), status, content_type="application/x-amz-json-1.1")
        return response(environ, start_response)

    def _tell(self, bills: list[Bill]) -> dict[str, Any]:
        for bill in bills:
            self._bills[bill["account_id"], bill["day"], bill["record_type"]] = bill
        return {"known": len(self._bills)}

    def _answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        groups = list(self._groups(asked))
        begin = _place(asked.get("NextPageToken"), len(groups))
        page = groups[begin : begin + self._groups_on_a_page]
        results = [
            {
                "TimePeriod": {
                    "Start": day,
                    "End": (date.fromisoformat(day) + timedelta(days=1)).isoformat(),
                },
                "Total": {},
                "Groups": [group for _, group in of_day if group],
                "Estimated": True,
            }
            for day, of_day in groupby(page, lambda one: one[0])
        ]
        answer = {
            "GroupDefinitions": asked["GroupBy"],
            "ResultsByTime": results,
            "DimensionValueAttributes": [],
        }
        end = begin + self._groups_on_a_page
        return answer | ({"NextPageToken": f"page-{end}"} if end < len(groups) else {})

    def _groups(self, asked: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Each day with its groups; a day without groups is included."""
        accounts, keys = _accounts(asked), [_FIELDS[one["Key"]] for one in _grouped_by(asked)]
        metric = asked["Metrics"][0]
        for day in _days(asked):
            sums: dict[tuple[str, ...], Decimal] = {}
            units = {"USD"}
            for bill in self._bills.values():
                if bill["day"] == day and (accounts is None or bill["account_id"] in accounts):
                    group = tuple(bill[key] for key in keys)
                    sums[group] = sums.get(group, Decimal(0)) + Decimal(bill["amount"])
                    units = {bill.get("unit", "USD")}
            for group, amount in sorted(sums.items()):
                cost = {"Amount": str(amount), "Unit": min(units)}
                yield day, {"Keys": list(group), "Metrics": {metric: cost}}
            if not sums:
                yield day, None


def _days(asked: Mapping[str, Any]) -> Iterator[str]:
    period = asked["TimePeriod"]
    day, end = date.fromisoformat(period["Start"]), date.fromisoformat(period["End"])
    if day >= end or asked["Granularity"] != "DAILY":
        raise Refused("ValidationException", "Start date (and hour) should be before end date (and hour)")
    while day < end:
        yield day.isoformat()
        day += timedelta(days=1)


def _accounts(asked: Mapping[str, Any]) -> set[str] | None:
    dimensions = asked.get("Filter", {}).get("Dimensions")
    if dimensions is None:
        return None
    if dimensions["Key"] != "LINKED_ACCOUNT":
        raise Refused("ValidationException", "Only accounts are filtered by here")
    return set(dimensions["Values"])


def _grouped_by(asked: Mapping[str, Any]) -> list[dict[str, str]]:
    keys: list[dict[str, str]] = asked.get("GroupBy", [])
    if len(keys) > len(_FIELDS) or any(one["Key"] not in _FIELDS for one in keys):
        raise Refused("ValidationException", "Results can be grouped by two dimensions at most")
    return keys


def _place(token: str | None, most: int) -> int:
    if token is None:
        return 0
    number = token.removeprefix("page-")
    if not number.isdecimal() or int(number) >= most:
        raise Refused("InvalidNextTokenException", "The pagination token is invalid")
    return int(number)
