"""Reads the catalogue file and names every wrong entry."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from provisioning.domain.catalogue import COMPETENCES, PARTNER_TYPES, TIERS, Catalogue, CatalogueEntry
from provisioning.domain.leases import DAYS_MOST
from provisioning.domain.products import PRODUCTS


class CatalogueInvalid(Exception):
    """The catalogue cannot be used; the message names every wrong entry."""


class _Closed(Schema):
    class Meta:
        unknown = RAISE


def _whole(most: int) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=most))


class SandboxParameters(_Closed):
    """Size of a cloud sandbox."""

    budget_usd_per_month = _whole(1_000_000)
    budget_thresholds_percent = fields.List(_whole(1000), required=True, validate=validate.Length(1, 5))
    lease_days = _whole(DAYS_MOST)
    lease_warning_days = fields.List(_whole(365), validate=validate.Length(max=5))
    lease_grace_days = fields.Integer(strict=True, validate=validate.Range(min=0, max=365))


class AnalyticsParameters(_Closed):
    """Size of an analytics workgroup; Athena's least scan limit is 10 MB."""

    scan_limit_bytes = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=10_000_000, max=7_000_000_000_000_000)
    )
    quicksight_role = fields.String(required=True, validate=validate.OneOf(("READER", "AUTHOR")))


class CrmParameters(_Closed):
    """The group of the tier."""

    scim_group = fields.String(
        required=True, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._ -]{0,63}\Z")
    )


class IotParameters(_Closed):
    """How many gateways: the first one so far."""

    gateway_count = _whole(1)


PARAMETERS: Mapping[str, Schema] = {
    "cloud_sandbox": SandboxParameters(),
    "analytics": AnalyticsParameters(),
    "crm": CrmParameters(),
    "iot": IotParameters(),
}


def _some_of(allowed: tuple[str, ...]) -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.OneOf(allowed)),
        load_default=None,
        validate=validate.Length(min=1),
    )


class EntryFile(_Closed):
    """One entry of the file."""

    product = fields.String(required=True, validate=validate.OneOf(tuple(PRODUCTS)))
    tiers = _some_of(TIERS)
    partner_types = _some_of(PARTNER_TYPES)
    competences = _some_of(COMPETENCES)
    only_if_wanted = fields.Boolean(required=True, truthy={True}, falsy={False})
    required = fields.Boolean(required=True, truthy={True}, falsy={False})
    parameters = fields.Dict(keys=fields.String(), required=True)

    @validates_schema(skip_on_field_errors=True)
    def check_parameters(self, data: Mapping[str, Any], **_: Any) -> None:
        """The parameters have to be those of the product, all of them and no other."""
        wrong = PARAMETERS[data["product"]].validate(data["parameters"])
        if wrong:
            raise ValidationError({"parameters": wrong})


class CatalogueFile(_Closed):
    """The whole file."""

    version = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z"))
    entries = fields.List(fields.Nested(EntryFile), required=True)


def read_catalogue(path: Path) -> Catalogue:
    """Return the catalogue; its version is the file's version and the first digits of its SHA-256.

    Raises CatalogueInvalid with one line for each wrong entry.
    """
    try:
        content = path.read_bytes()
        loaded = CatalogueFile().load(yaml.safe_load(content))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogueInvalid(f"{path}: cannot be read: {error}") from error
    except ValidationError as error:
        wrong = "\n".join(f"  {where}: {why}" for where, why in _lines(error.messages, ""))
        raise CatalogueInvalid(f"{path}: wrong entries:\n{wrong}") from error
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Catalogue(f"{loaded['version']}.{digest}", tuple(_entry(entry) for entry in loaded["entries"]))


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
