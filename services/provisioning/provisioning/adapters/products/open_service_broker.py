"""A service of a broker by Open Service Broker API 2.17: an instance for each partner."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, fields, validate, validates

from provisioning.adapters.product_kinds import LeaseParameters, OfferedProduct, ProductKind
from provisioning.adapters.products.api_settings import ApiSettings, json_http
from provisioning.adapters.service_broker import ServiceBroker
from provisioning.adapters.service_instance_step import ServiceInstance
from provisioning.domain.products import Product, StepOfProduct

if TYPE_CHECKING:
    from provisioning.adapters.swept_products import SweptProduct
    from provisioning.handlers.ports import EverAsked

_ID = validate.Regexp(r"^[\x21-\x7e]{1,255}\Z", error="is no id of a broker's catalogue")
_LARGEST_PARAMETERS = 10_000


def _check_size(parameters: Mapping[str, Any]) -> None:
    try:
        size = len(json.dumps(parameters))
    except (TypeError, ValueError) as error:
        raise ValidationError("holds what JSON cannot say") from error
    if size > _LARGEST_PARAMETERS:
        raise ValidationError(f"is longer than {_LARGEST_PARAMETERS} signs")


class BrokerSettings(ApiSettings):
    """Which service of which broker; ``frozen_plan_id`` is the plan that means "switched off"."""

    service_id = fields.String(required=True, validate=_ID)
    frozen_plan_id = fields.String(validate=_ID, load_default=None)


class ServiceParameters(LeaseParameters):
    """The plan, and the parameters the broker expects; never a secret."""

    plan_id = fields.String(required=True, validate=_ID)
    parameters = fields.Dict(keys=fields.String(), required=True, validate=_check_size)

    def __init__(self, frozen_plan_id: str | None) -> None:
        super().__init__()
        self._frozen_plan_id = frozen_plan_id

    @validates("plan_id")
    def check_plan(self, value: str, **_: Any) -> None:
        """A partner must not be given the plan that means "switched off"."""
        if value == self._frozen_plan_id:
            raise ValidationError("is the plan that means switched off")


def _offer(name: str, settings: Mapping[str, Any]) -> OfferedProduct:
    frozen_plan_id = settings["frozen_plan_id"]

    def steps(_outside: object) -> list[ServiceInstance]:
        broker = ServiceBroker(name, json_http(name, settings), settings["service_id"])
        return [ServiceInstance(name, broker, frozen_plan_id)]

    def swept(ever_asked: "EverAsked") -> "SweptProduct":
        from provisioning.adapters.swept_products import SweptBroker  # noqa: PLC0415

        broker = ServiceBroker(name, json_http(name, settings), settings["service_id"])
        return SweptBroker(name, broker, ever_asked)

    return OfferedProduct(
        product=Product(
            name,
            (StepOfProduct(name=name, is_brake=True),),
            ("instance_id", "dashboard_url"),
            changeable=("plan_id",),
        ),
        parameters=ServiceParameters(frozen_plan_id),
        make_steps=steps,
        make_swept=swept,
    )


KIND = ProductKind(offer=_offer, settings=BrokerSettings())
