"""A small stand-in for a Salesforce org over real HTTP: token, composite batch, queries, records.

As we know its documentation: addresses, shapes of requests and answers, error codes, pages by
``nextRecordsUrl``, user names that are unique without regard to case, users that cannot be deleted.
Guessed: that a second membership of a group is DUPLICATE_VALUE. Nothing was recorded from a real org.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.integration.provisioning.outside.hostile_scim import JSON, Answer

_DATA = "/services/data/v60.0"
_QUERY = re.compile(r"SELECT (?P<fields>[\w, ]+) FROM (?P<kind>\w+) WHERE (?P<condition>.*)")
_COMPARED = re.compile(r"(\w+) = ('(?:[^'\\]|\\.)*')")
_LISTED = re.compile(r"(\w+) IN \((.*)\)")
_TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'")
_REQUIRED = {
    "User": {"Username", "LastName", "Email", "Alias", "ProfileId", "TimeZoneSidKey", "LocaleSidKey"}
    | {"EmailEncodingKey", "LanguageLocaleKey"},
    "Group": {"Name", "DeveloperName", "Type"},
    "GroupMember": {"GroupId", "UserOrGroupId"},
}
_UNIQUE = {
    "User": (("Username", "DUPLICATE_USERNAME"), ("GangwayMark__c", "DUPLICATE_VALUE")),
    "Group": (("DeveloperName", "DUPLICATE_DEVELOPER_NAME"),),
    "GroupMember": (),
}


@dataclass
class SalesforceOrg:
    """One org; ``token`` is the access token of today, ``page_size`` what fits on one page."""

    token: str = "token-1"
    page_size: int = 2000
    records: dict[str, dict[str, JSON]] = field(
        default_factory=lambda: {"User": {}, "Group": {}, "GroupMember": {}}
    )
    requests: list[str] = field(default_factory=list)
    refusal: tuple[int, str] | None = None
    _pages: dict[str, list[JSON]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, _product: str) -> dict[str, list[Any]]:
        """What stands in it; a user cannot be deleted, so one that we let go of is off and says so."""
        groups, members = self.records["Group"], self.records["GroupMember"]
        return {
            "users": sorted(
                (user["Username"], user["IsActive"])
                for user in self.records["User"].values()
                if user["IsActive"] or not str(user["GangwayMark__c"]).endswith(":deleted")
            ),
            "groups": sorted(group["Name"] for group in groups.values()),
            "members": sorted(groups[one["GroupId"]]["Name"] for one in members.values()),
        }

    def add(self, kind: str, **fields: Any) -> str:
        record_id = (
            f"{ {'User': '005', 'Group': '00G', 'GroupMember': '011'}[kind] }{len(self.records[kind]):012}"
        )
        whole = {"GangwayMark__c": None, "IsActive": True, "LastLoginDate": None} if kind == "User" else {}
        self.records[kind][record_id] = {**whole, **fields, "Id": record_id}
        return record_id

    def answer(self, method: str, target: str, headers: Any, body: JSON) -> Answer:
        with self._lock:
            self.requests.append(f"{method} {target}")
            if target == "/services/oauth2/token":
                form = parse_qs(body["form"])
                if form["client_secret"] != ["a-secret"]:
                    return _said(400, {"error": "invalid_client", "error_description": "no"})
                return _said(200, {"access_token": self.token, "token_type": "Bearer"})
            if headers.get("Authorization") != f"Bearer {self.token}":
                return _refused(401, "INVALID_SESSION_ID")
            if self.refusal:
                return _refused(*self.refusal)
            return self._answer(method, target.removeprefix(_DATA).strip("/").split("/"), body)

    def _answer(self, method: str, path: list[str], body: JSON) -> Answer:
        if path == ["composite", "batch"]:
            results = [self._query(request["url"]) for request in body["batchRequests"]]
            return _said(200, {"hasErrors": False, "results": results})
        if path[0] == "query":
            return _said(200, self._page(path[1]))
        _, kind, *rest = path
        records = self.records[kind]
        if method == "POST":
            return self._created(kind, body)
        if rest[0] not in records:
            return _refused(404, "NOT_FOUND")
        if method == "DELETE":
            if kind == "User":
                return _refused(400, "INSUFFICIENT_ACCESS_OR_READONLY")
            del records[rest[0]]
        else:
            records[rest[0]] |= body
        return 204, {}, b""

    def _created(self, kind: str, body: JSON) -> Answer:
        if missing := _REQUIRED[kind] - set(body):
            return _refused(400, "REQUIRED_FIELD_MISSING", ", ".join(sorted(missing)))
        for name, code in _UNIQUE[kind]:
            if any(str(one[name]).lower() == str(body[name]).lower() for one in self.records[kind].values()):
                return _refused(400, code)
        if kind == "GroupMember" and body["GroupId"] not in self.records["Group"]:
            return _refused(400, "INVALID_CROSS_REFERENCE_KEY")
        return _said(201, {"id": self.add(kind, **body), "success": True, "errors": []})

    def _query(self, url: str) -> JSON:
        soql = parse_qs(urlsplit(url).query)["q"][0]
        match = _QUERY.fullmatch(soql)
        if match is None:
            return {"statusCode": 400, "result": [{"errorCode": "MALFORMED_QUERY", "message": soql}]}
        fields = match["fields"].split(", ")
        found = [
            one
            for one in self.records[match["kind"]].values()
            if _fits(one, match["condition"].partition(" ORDER BY ")[0])
        ]
        self._pages["1-0"] = [{name: one[name] for name in fields} for one in found]
        return {"statusCode": 200, "result": self._page("1-0")}

    def _page(self, locator: str) -> JSON:
        name, _, start = locator.partition("-")
        found = self._pages["1-0"]
        end = int(start) + self.page_size
        more = {} if end >= len(found) else {"nextRecordsUrl": f"{_DATA}/query/{name}-{end}"}
        return {
            "totalSize": len(found),
            "done": not more,
            "records": found[int(start) : end],
            **more,
        }


def _fits(record: JSON, condition: str) -> bool:
    listed = _LISTED.fullmatch(condition)
    if listed:
        return record[listed[1]] in [_read(text) for text in _TEXT.findall(listed[2])]
    fitting = [
        str(record[name]).lower() == _read(text[1:-1]).lower() for name, text in _COMPARED.findall(condition)
    ]
    return any(fitting) if " OR " in condition else all(fitting)


def _read(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _refused(status: int, code: str, message: str = "no") -> Answer:
    return _said(status, [{"errorCode": code, "message": message, "fields": []}])


def _said(status: int, body: Any) -> Answer:
    return status, {"Content-Type": "application/json;charset=UTF-8"}, json.dumps(body).encode()
