"""From the fields of a form to the body that the API takes, and from its errors back to the fields."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from onboarding.entrypoints.application_schemas import MOST_MEMBERS
from onboarding.entrypoints.correction_places import COMPANY_FIELDS

Form = MultiDict[str, str]
PERSON_FIELDS = ("given_name", "family_name", "email", "language")
LISTS = ("competences", "products_wanted")
LEAST_ROWS, ROWS_MORE = 2, 3
_WRITTEN_IN_ROW = re.compile(r"member-([0-9]{1,4})-(?:given_name|family_name|email)", re.ASCII)


def application_body(form: Form) -> dict[str, Any]:
    """The body of an application; names of fields that the form does not have are ignored."""
    return {
        **correction_body(
            form, ("partner_type", "expected_benefits", "language", *COMPANY_FIELDS, *LISTS, "members")
        ),
        "contact": _person(form, "contact"),
    }


def correction_body(form: Form, names: tuple[str, ...]) -> dict[str, Any]:
    """The body of a correction of just these fields."""
    body: dict[str, Any] = {}
    for name in names:
        if name == "members":
            body["members"] = [_person(form, f"member-{row}") for row in filled_rows(form)]
        elif name in LISTS:
            body[name] = form.getlist(name)
        elif name in COMPANY_FIELDS:
            body.setdefault("company", {})[name] = (
                _with_scheme(form) if name == "website" else form.get(name, "")
            )
        else:
            body[name] = form.get(name, "")
    return body


def filled_rows(form: Form) -> list[int]:
    """The rows of members in which anything was written, also rows that we never offered."""
    named = ((_WRITTEN_IN_ROW.fullmatch(name), value) for name, value in form.items())
    return sorted({int(found[1]) for found, value in named if found and value.strip()})


def row_count(form: Form) -> int:
    """How many rows of members to show."""
    last = max(filled_rows(form), default=-1) + 1
    shown = max(form.get("rows", LEAST_ROWS, type=int), LEAST_ROWS, last)
    return min(shown + (ROWS_MORE if "more" in form else 0), MOST_MEMBERS)


def errors_by_field(messages: Mapping[str, Any], form: Form) -> dict[str, str]:
    """marshmallow's messages, the first of each field, by the form's names of fields."""
    rows = filled_rows(form)
    found: dict[str, str] = {}
    for path, message in _leaves(messages, ()):
        found.setdefault(_field(path, rows), message)
    return found


def _field(path: tuple[str | int, ...], rows: list[int]) -> str:
    head, *rest = path
    if head == "company" and rest:
        return str(rest[0])
    if head == "contact" and rest:
        return f"contact-{rest[0]}"
    if head == "members" and len(rest) > 1:
        return f"member-{rows[int(rest[0])]}-{rest[1]}"
    return str(head)


def _leaves(tree: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(tree, Mapping):
        for key, branch in tree.items():
            yield from _leaves(branch, (*path, key))
    else:
        for message in tree:
            yield path, str(message)


def _person(form: Form, prefix: str) -> dict[str, str]:
    person = {name: form.get(f"{prefix}-{name}", "") for name in PERSON_FIELDS}
    return person if person["language"] else {name: person[name] for name in PERSON_FIELDS[:-1]}


def _with_scheme(form: Form) -> str:
    """People write www.example.com; we mean https."""
    address = form.get("website", "").strip()
    return address if "://" in address or not address else f"https://{address}"
