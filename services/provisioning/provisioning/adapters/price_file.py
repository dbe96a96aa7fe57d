"""Reads the price file and names every wrong entry."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from chassis.settings.yaml_files import read_yaml
from provisioning.adapters.product_kinds import ClosedSchema
from provisioning.domain.prices import Prices, Runs


def _price() -> fields.Decimal:
    return fields.Decimal(required=True, allow_nan=False, validate=validate.Range(min=0, max=100_000))


def _prices(*required: str) -> fields.Dict:
    def check(prices: dict[str, Decimal]) -> None:
        if missing := [name for name in required if name not in prices]:
            raise ValidationError(f"lacks {', '.join(missing)}")

    text = fields.String(validate=validate.Length(1, 64))
    return fields.Dict(keys=text, values=_price(), required=True, validate=[validate.Length(min=1), check])


class TokensFile(ClosedSchema):
    """What a thousand tokens of a model cost."""

    input_tokens = _price()
    output_tokens = _price()


class PriceFile(ClosedSchema):
    """The whole file; `Prices` says what each part means."""

    as_of = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?\Z"))
    regions = _prices()
    families = _prices()
    types = _prices()
    licences = _prices()
    kinds = _prices(Runs.DATABASE, Runs.MACHINE_LEARNING)
    volumes = _prices("gp3")
    iops = _prices()
    tokens = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(TokensFile),
        required=True,
        validate=validate.Length(min=1),
    )
    nat_gateway = _price()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Prices:
        return Prices(**data)


def read_prices(path: Path) -> Prices:
    """Raises FileRefused."""
    prices: Prices = read_yaml(path, PriceFile())
    return prices
