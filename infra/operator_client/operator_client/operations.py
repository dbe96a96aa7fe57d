"""What operators can do: `operations.json`, generated from the services' OpenAPI documents.

An operation is named by its row of the table of roles, such as ``POST /v1/grants/{grant_id}/retry``.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import quote

_IN_PATH = re.compile(r"{(\w+)}")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a query or a body; ``kind`` is text, integer, boolean, time, array or object.

    ``least`` and ``most`` are the bounds of an integer, both included.
    """

    name: str
    kind: str
    is_required: bool = False
    values: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    default: Any = None


@dataclass(frozen=True)
class Operation:
    """One row; without a ``service`` every service has it. ``items`` is the list in its answer."""

    method: str
    path: str
    service: str | None
    fields: Mapping[str, Field]
    items: str = ""
    is_paged: bool = False

    @property
    def names_in_path(self) -> list[str]:
        return _IN_PATH.findall(self.path)

    def path_of(self, facts: Mapping[str, Any]) -> str:
        """The path with these values."""
        return _IN_PATH.sub(lambda name: quote(str(facts[name[1]]), safe=""), self.path)


def _read(row: str, told: dict[str, Any]) -> Operation:
    method, path = row.split(" ")
    fields = [Field(**{**each, "values": tuple(each.get("values", ()))}) for each in told.pop("fields")]
    return Operation(method, path, fields={each.name: each for each in fields}, **told)


_FILE = files("operator_client").joinpath("operations.json")
OPERATIONS: Mapping[str, Operation] = {
    row: _read(row, told) for row, told in json.loads(_FILE.read_text("utf-8")).items()
}


def values(row: str, name: str) -> tuple[str, ...]:
    """The allowed values of a field of the operation."""
    return OPERATIONS[row].fields[name].values


def list_of(id_name: str) -> str | None:
    """The row that lists the things with this id: its path precedes the id in other paths."""
    for operation in OPERATIONS.values():
        row = f"GET {operation.path.partition(f'/{{{id_name}}}')[0]}"
        if id_name in operation.names_in_path and row in OPERATIONS and OPERATIONS[row].items:
            return row
    return None
