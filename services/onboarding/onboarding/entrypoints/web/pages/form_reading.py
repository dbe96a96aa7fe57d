"""From the fields of a form to the body that the API takes, and from its errors back to the fields."""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from werkzeug.datastructures import MultiDict

from chassis.validation_messages import leaves
from onboarding.domain import bounds
from onboarding.entrypoints.web.application_schemas import COMPANY_FIELDS, flattened

Form: TypeAlias = MultiDict[str, str]
NAMED_BY = ("given_name", "family_name", "email")
PERSON_FIELDS = (*NAMED_BY, "language")
LISTS = ("competences", "products_wanted")
ADD, REMOVE = "add_member", "remove_member"
_IN_ROW = re.compile(r"member-([0-9]{1,4})-(given_name|family_name|email|language)", re.ASCII)
_OTHERS = ("partner_type", "expected_benefits", "language")
_FIELDS = {*COMPANY_FIELDS, *LISTS, *_OTHERS, *(f"contact-{name}" for name in NAMED_BY)}


def application_body(form: Form) -> dict[str, Any]:
    """The body of an application; names of fields that the form does not have are ignored."""
    return {
        **correction_body(form, (*_OTHERS, *COMPANY_FIELDS, *LISTS, "members")),
        # The contact speaks the language of the company.
        "contact": _named(form, "contact"),
    }


def form_of(answers: Mapping[str, Any]) -> Form:
    """The form that gives such a body, of which anything may be missing."""
    form = Form()
    flat = flattened(answers)
    for name in (*COMPANY_FIELDS, *_OTHERS):
        if name in flat:
            form[name] = flat[name]
    for name in LISTS:
        for item in flat.get(name, []):
            form.add(name, item)
    people = {"contact": flat.get("contact", {})}
    people |= {f"member-{row}": person for row, person in enumerate(flat.get("members", []))}
    for prefix, person in people.items():
        for part in PERSON_FIELDS:
            if part in person and is_field(f"{prefix}-{part}"):
                form[f"{prefix}-{part}"] = person[part]
    return form


def correction_body(form: Form, names: tuple[str, ...]) -> dict[str, Any]:
    """The body of a correction of just these fields."""
    body: dict[str, Any] = {}
    for name in names:
        if name == "members":
            body["members"] = [person_body(form, f"member-{row}") for row in filled_rows(form)]
        elif name in LISTS:
            body[name] = form.getlist(name)
        elif name in COMPANY_FIELDS:
            body.setdefault("company", {})[name] = (
                _with_scheme(form) if name == "website" else form.get(name, "")
            )
        else:
            body[name] = form.get(name, "")
    return body


def is_field(name: str) -> bool:
    """Whether the form asks for something by that name."""
    return name in _FIELDS or _IN_ROW.fullmatch(name) is not None


def filled_rows(form: Form) -> list[int]:
    """The rows of members in which anything was written, also rows that we never offered."""
    named = ((_IN_ROW.fullmatch(name), value) for name, value in form.items())
    return sorted(
        {int(found[1]) for found, value in named if found and found[2] != "language" and value.strip()}
    )


def row_count(form: Form) -> int:
    """How many rows of members to show: as many as people were named or asked for."""
    last = max(filled_rows(form), default=-1) + 1
    return min(max(form.get("rows", 0, type=int), last), bounds.MEMBERS)


def members_changed(form: Form) -> Form | None:
    """The form with a row of members more or less, if one of those buttons was pressed."""
    rows = row_count(form)
    if ADD in form:
        return _with_rows(form, min(rows + 1, bounds.MEMBERS))
    removed = form.get(REMOVE, type=int)
    if removed is None or not 0 <= removed < rows:
        return form if REMOVE in form else None
    return _with_rows(_without_row(form, removed), rows - 1)


def _without_row(form: Form, removed: int) -> Form:
    """The rows behind the removed one move up."""
    kept = Form()
    for name, value in form.items(multi=True):
        found = _IN_ROW.fullmatch(name)
        row = int(found[1]) if found else -1
        if found and row > removed:
            kept.add(f"member-{row - 1}-{found[2]}", value)
        elif row != removed:
            kept.add(name, value)
    return kept


def _with_rows(form: Form, rows: int) -> Form:
    changed = Form(form)
    changed["rows"] = str(rows)
    return changed


def errors_by_field(messages: Mapping[str, Any], form: Form) -> dict[str, str]:
    """marshmallow's messages, the first of each field, by the form's names of fields."""
    rows = filled_rows(form)
    found: dict[str, str] = {}
    for path, message in leaves(messages):
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


def person_body(form: Form, prefix: str) -> dict[str, str]:
    """The body of one person, whose fields begin with the prefix."""
    language = form.get(f"{prefix}-language")
    return _named(form, prefix) | ({"language": language} if language else {})


def _named(form: Form, prefix: str) -> dict[str, str]:
    return {name: form.get(f"{prefix}-{name}", "") for name in NAMED_BY}


def _with_scheme(form: Form) -> str:
    """People write www.example.com; we mean https."""
    address = form.get("website", "").strip()
    return address if "://" in address or not address else f"https://{address}"
