"""Reads the catalogue file and names every wrong entry."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import ValidationError, fields, validate, validates, validates_schema

from provisioning.adapters.product_kinds import (
    ClosedSchema,
    OfferedProduct,
    ProductsInvalid,
    offered_products,
)
from provisioning.domain.catalogue import COMPETENCES, PARTNER_TYPES, TIERS, Catalogue, CatalogueEntry


class CatalogueInvalid(ValueError):
    """The catalogue cannot be used; the message names every wrong entry."""


def _some_of(allowed: tuple[str, ...]) -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.OneOf(allowed)),
        load_default=None,
        validate=validate.Length(min=1),
    )


class EntryFile(ClosedSchema):
    """One entry of the file; its parameters are those of its product, all of them and no other."""

    product = fields.String(required=True)
    name = fields.String(load_default="", validate=validate.Regexp(r"^[a-z][a-z0-9]{0,7}\Z"))
    tiers = _some_of(TIERS)
    partner_types = _some_of(PARTNER_TYPES)
    competences = _some_of(COMPETENCES)
    only_if_wanted = fields.Boolean(required=True, truthy={True}, falsy={False})
    required = fields.Boolean(required=True, truthy={True}, falsy={False})
    needs_approval = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    parameters = fields.Dict(keys=fields.String(), required=True)

    def __init__(self, offered: Mapping[str, OfferedProduct]) -> None:
        super().__init__()
        self._offered = offered

    @validates("product")
    def check_product(self, value: str, **_: Any) -> None:
        """Only what can be made here is offered."""
        validate.OneOf(tuple(self._offered))(value)

    @validates_schema(skip_on_field_errors=True)
    def check_parameters(self, data: Mapping[str, Any], **_: Any) -> None:
        offered = self._offered[data["product"]]
        if data["name"] and offered.product.is_one_per_partner:
            raise ValidationError("needs a product whose find compares {grant_id} or {slug}", "name")
        wrong = offered.parameters.validate(data["parameters"])
        if wrong:
            raise ValidationError({"parameters": wrong})


class CatalogueFile(ClosedSchema):
    """The whole file: what is offered, and to whom. Products that need no settings stand in no list."""

    version = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z"))
    products = fields.Dict(keys=fields.String(), load_default=dict)
    entries = fields.List(fields.Dict(), required=True)


@dataclass(frozen=True)
class CatalogueRead:
    """The catalogue, and how its products are made."""

    catalogue: Catalogue
    offered: Mapping[str, OfferedProduct]


def read_catalogue(path: Path) -> CatalogueRead:
    """Return the catalogue; its version is the file's version and the first digits of its SHA-256.

    Raises CatalogueInvalid with one line for each wrong entry.
    """
    try:
        content = path.read_bytes()
        loaded = CatalogueFile().load(yaml.safe_load(content))
        offered = offered_products(loaded["products"])
        entries = _entries(loaded["entries"], offered)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogueInvalid(f"{path}: cannot be read: {error}") from error
    except ProductsInvalid as error:
        raise _invalid(path, {"products": error.messages}) from error
    except ValidationError as error:
        raise _invalid(path, error.messages) from error
    digest = hashlib.sha256(content).hexdigest()[:12]
    products = {name: one.product for name, one in offered.items()}
    return CatalogueRead(Catalogue(f"{loaded['version']}.{digest}", entries, products), offered)


def _invalid(path: Path, messages: Any) -> CatalogueInvalid:
    wrong = "\n".join(f"  {where}: {why}" for where, why in _lines(messages, ""))
    return CatalogueInvalid(f"{path}: wrong entries:\n{wrong}")


def _entries(
    written: Sequence[Mapping[str, Any]], offered: Mapping[str, OfferedProduct]
) -> tuple[CatalogueEntry, ...]:
    schema, entries, wrong = EntryFile(offered), [], {}
    for number, entry in enumerate(written):
        try:
            entries.append(_entry(schema.load(entry)))
        except ValidationError as error:
            wrong[number] = error.messages
    if wrong:
        raise ValidationError({"entries": wrong})
    return tuple(entries)


def _entry(loaded: Mapping[str, Any]) -> CatalogueEntry:
    def some(name: str) -> frozenset[str] | None:
        return None if loaded[name] is None else frozenset(loaded[name])

    return CatalogueEntry(
        product_name=loaded["product"],
        tiers=some("tiers"),
        partner_types=some("partner_types"),
        competences=some("competences"),
        only_if_wanted=loaded["only_if_wanted"],
        is_required=loaded["required"],
        parameters=loaded["parameters"],
        needs_approval=loaded["needs_approval"],
        name=loaded["name"],
    )


def _lines(messages: Any, where: str) -> list[tuple[str, str]]:
    """Flatten marshmallow's tree of messages into (place, reason) pairs."""
    if isinstance(messages, Mapping):
        return [
            line
            for key, below in messages.items()
            for line in _lines(below, where if key == "_schema" else f"{where}.{key}".lstrip("."))
        ]
    if isinstance(messages, list):
        return [(where or "file", str(message)) for message in messages]
    return [(where or "file", str(messages))]
