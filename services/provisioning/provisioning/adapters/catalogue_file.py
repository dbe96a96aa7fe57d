"""Reads the catalogue file and names every wrong entry."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates, validates_schema

from chassis.settings.yaml_files import read_yaml
from provisioning.adapters.product_kinds import ClosedSchema, OfferedProduct, offered_products
from provisioning.domain.catalogue import COMPETENCES, PARTNER_TYPES, TIERS, Catalogue, CatalogueEntry

_LISTS = ("tiers", "partner_types", "competences")


def _some_of(allowed: tuple[str, ...]) -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.OneOf(allowed)),
        load_default=None,
        validate=validate.Length(min=1),
    )


class EntryFile(ClosedSchema):
    """One entry of the file; its parameters are exactly those of its product."""

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
        """Only products that this installation can make may be offered."""
        validate.OneOf(tuple(self._offered))(value)

    @validates_schema(skip_on_field_errors=True)
    def check_parameters(self, data: Mapping[str, Any], **_: Any) -> None:
        offered = self._offered[data["product"]]
        if data["name"] and offered.product.is_one_per_partner:
            raise ValidationError("needs a product whose find compares {grant_id} or {slug}", "name")
        wrong = offered.parameters.validate(data["parameters"])
        if wrong:
            raise ValidationError({"parameters": wrong})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> CatalogueEntry:
        some = {name: frozenset(data[name]) for name in _LISTS if data[name] is not None}
        product, is_required = data.pop("product"), data.pop("required")
        return CatalogueEntry(product_name=product, is_required=is_required, **{**data, **some})


@dataclass(frozen=True)
class CatalogueRead:
    """The catalogue, and how its products are made."""

    catalogue: Catalogue
    offered: Mapping[str, OfferedProduct]


class CatalogueFile(ClosedSchema):
    """The whole file: what is offered, and to whom. Products without settings need no declaration."""

    version = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z"))
    products = fields.Dict(keys=fields.String(), load_default=dict)
    entries = fields.List(fields.Dict(), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> CatalogueRead:
        """Read the entries according to the offered products. Raises ValidationError with the places."""
        try:
            offered = offered_products(data["products"])
        except ValidationError as error:
            raise ValidationError({"products": error.messages}) from error
        schema, entries, wrong = EntryFile(offered), [], {}
        for number, entry in enumerate(data["entries"]):
            try:
                entries.append(schema.load(entry))
            except ValidationError as error:
                wrong[number] = error.messages
        if wrong:
            raise ValidationError({"entries": wrong})
        products = {name: one.product for name, one in offered.items()}
        return CatalogueRead(Catalogue(data["version"], tuple(entries), products), offered)


def read_catalogue(path: Path) -> CatalogueRead:
    """Return the catalogue; its version is the file's version and the first digits of its SHA-256.

    Raises FileRefused with one line for each wrong entry.
    """
    read: CatalogueRead = read_yaml(path, CatalogueFile())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return replace(read, catalogue=replace(read.catalogue, version=f"{read.catalogue.version}.{digest}"))
