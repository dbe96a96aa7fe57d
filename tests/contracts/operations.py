"""What operators may ask and do, as the OpenAPI documents say it, for the command line and the console.

`python -m tests.contracts.operations` writes the file anew.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.contracts.services import service

import operator_client
from chassis.http.access import read_access
from chassis.identity.roles import ROLES
from local_stack.settings import REPOSITORY
from operator_client.access import SERVICES

FILE = Path(operator_client.__file__).with_name("operations.json")
# Whoever asks for pages says these, never the person who asks.
OF_PAGES = frozenset({"limit", "cursor"})
# What a column of the database holds tells a person nothing.
COLUMN_LIMIT = 2**31 - 1
KINDS = frozenset({"integer", "boolean", "array", "object"})


@cache
def document(name: str) -> dict[str, Any]:
    """The OpenAPI document of a service."""
    found: Any = service(name).create_web_app().test_client().get("/openapi.json").json
    return dict(found)


def text() -> str:
    """The file as it should be: a line for each operation, by its row of the table of roles."""
    lines = (f"{json.dumps(name)}: {json.dumps(told)}" for name, told in sorted(operations().items()))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def operations() -> dict[str, dict[str, Any]]:
    """Those of all services; one that every service has is told once, without a service."""
    found: dict[str, dict[str, Any]] = {}
    for name in SERVICES:
        for endpoint, access in read_access(REPOSITORY / "contracts", name).items():
            method, _, path = endpoint.partition(" ")
            told = document(name)["paths"].get(path, {}).get(method.lower())
            if access.role in ROLES and told:
                is_everywhere = endpoint in found
                found[endpoint] = {"service": None if is_everywhere else name, **_described(name, told)}
    return found


def _described(name: str, told: dict[str, Any]) -> dict[str, Any]:
    queries = [_resolved(name, one) for one in told.get("parameters", ())]
    fields = [
        _field(one["name"], _resolved(name, one["schema"]), one.get("required", False))
        for one in queries
        if one["in"] == "query" and one["name"] not in OF_PAGES
    ]
    body = _schema_of(name, told.get("requestBody", {}))
    fields += [
        _field(each, _resolved(name, schema), each in body.get("required", ()))
        for each, schema in body.get("properties", {}).items()
    ]
    answer = _schema_of(name, next((one for code, one in told["responses"].items() if code == "200"), {}))
    members = answer.get("properties", {})
    lists = [each for each, schema in members.items() if "$ref" in schema.get("items", {})]
    described: dict[str, Any] = {"fields": fields}
    if len(lists) == 1 and members.keys() - lists <= {"next_cursor", "quota"}:
        described |= {"items": lists[0], "is_paged": "next_cursor" in members}
    return described


def _field(name: str, schema: dict[str, Any], is_required: bool) -> dict[str, Any]:
    kinds = schema.get("type", "string")
    [kind] = [kinds] if isinstance(kinds, str) else [one for one in kinds if one != "null"]
    values = schema.get("enum") or schema.get("items", {}).get("enum", ())
    told = {
        "name": name,
        "kind": "time" if schema.get("format") == "date-time" else kind if kind in KINDS else "text",
        "is_required": is_required,
        "values": [value for value in values if value is not None],
        "least": schema.get("minimum"),
        "most": schema.get("maximum") if schema.get("maximum", 0) < COLUMN_LIMIT else None,
        "default": schema.get("default"),
    }
    return {each: value for each, value in told.items() if value or (value == 0 and value is not False)}


def _schema_of(name: str, part: dict[str, Any]) -> dict[str, Any]:
    content = _resolved(name, part).get("content", {}).get("application/json", {})
    return _resolved(name, content.get("schema", {}))


def _resolved(name: str, part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document(name)
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
