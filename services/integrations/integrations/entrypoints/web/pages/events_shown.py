"""Which events there are, and what each field means; the first page that an engineer sees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort

from integrations.entrypoints.web.pages.signed_in import current_visitor, portal_page, service

pages = Blueprint("catalogue", __name__, template_folder="templates")


@dataclass(frozen=True)
class FieldLine:
    """A field of an event, by its path from the top."""

    path: str
    kind: str
    description: str
    is_required: bool
    is_personal: bool
    values: tuple[str, ...]


@pages.get("/")
def show() -> Response:
    """What there is, by topic; the contracts are no secret."""
    settings = service().settings
    topics: dict[str, list[object]] = {}
    for kind in settings.catalogue.values():
        topics.setdefault(kind.topic, []).append(kind)
    visitor = current_visitor()
    return portal_page("catalogue.html", visitor, topics=topics, prefix=settings.event_type_prefix)


@pages.get("/events/<key>")
def show_one(key: str) -> Response:
    """One version of one event: meaning, fields, example, schema, and who reads it."""
    settings = service().settings
    kind = settings.catalogue.get(key) or abort(404)
    name = key.rpartition(".v")[0]
    others = [one for one in settings.catalogue if one.rpartition(".v")[0] == name and one != key]
    return portal_page(
        "event.html",
        current_visitor(),
        kind=kind,
        type=f"{settings.event_type_prefix}.{key}",
        fields=list(lines_of(kind.schema)),
        others=others,
    )


def lines_of(schema: Mapping[str, Any], path: str = "") -> Iterator[FieldLine]:
    """All fields, each behind the one that holds it; the schema has no references."""
    required = schema.get("required", ())
    for name, node in schema.get("properties", {}).items():
        here = f"{path}{name}"
        inner = node.get("items", node)
        kinds = node.get("type", "")
        yield FieldLine(
            path=here,
            kind=", ".join(kinds) if isinstance(kinds, list) else str(kinds),
            description=str(node.get("description", "")),
            is_required=name in required,
            is_personal=bool(node.get("x-personal") or inner.get("x-personal")),
            values=tuple(map(str, inner.get("enum", ()))),
        )
        yield from lines_of(inner, f"{here}[]." if "items" in node else f"{here}.")
