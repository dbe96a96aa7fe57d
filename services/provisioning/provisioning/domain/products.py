"""The products, the steps that make each, and which facts of the steps a partner gets to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any


class ProductName(StrEnum):
    """What a partner can be given."""

    CLOUD_SANDBOX = "cloud_sandbox"
    ANALYTICS = "analytics"
    CRM = "crm"
    IOT = "iot"


@dataclass(frozen=True, kw_only=True)
class StepOfProduct:
    """One step, and how it hangs together with the others of its product.

    ``needs``: they serve before it is made. ``holds``: they are not taken away before it is.
    ``inside``: its container; it goes with that, and never keeps it from being taken away. ``is_brake``:
    freezing or taking it away stops access or money, so it comes first. ``stays``: it is there for all
    partners, so nothing of it is a grant's to take away.
    """

    name: str
    needs: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    inside: str | None = None
    is_brake: bool = False
    stays: bool = False


@dataclass(frozen=True)
class Product:
    """How one product is made.

    ``plan`` is made in this order, as far as needs allow, and taken away in reverse. ``identifiers`` are the
    outputs that `access.granted` tells. ``collectable_fact`` is the output whose presence means that a key
    waits to be collected once; ``key_step`` makes that key, and another one in its place. ``people_step``
    makes what each of the partner's people has of the product.
    """

    name: ProductName
    plan: tuple[StepOfProduct, ...]
    identifiers: tuple[str, ...]
    collectable_fact: str | None = None
    key_step: str | None = None
    people_step: str | None = None

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The names of the steps, in the order of the plan."""
        return tuple(step.name for step in self.plan)

    def step(self, name: str) -> StepOfProduct:
        return next(step for step in self.plan if step.name == name)

    def identifiers_in(self, outputs: Mapping[str, Any]) -> dict[str, str]:
        return {name: str(outputs[name]) for name in self.identifiers if outputs.get(name) is not None}

    def is_collectable(self, outputs: Mapping[str, Any]) -> bool:
        return self.collectable_fact is not None and self.collectable_fact in outputs


PRODUCTS: Mapping[str, Product] = {
    product.name: product
    for product in (
        Product(
            ProductName.CLOUD_SANDBOX,
            (
                StepOfProduct(name="sandbox_account"),
                StepOfProduct(
                    name="sandbox_unit",
                    needs=("sandbox_account",),
                    holds=("sandbox_guard_rail",),
                    inside="sandbox_account",
                    is_brake=True,
                ),
                StepOfProduct(
                    name="sandbox_guard_rail", needs=("sandbox_account",), inside="sandbox_account"
                ),
                StepOfProduct(name="sandbox_role", needs=("sandbox_account",), inside="sandbox_account"),
                StepOfProduct(name="sandbox_budget", needs=("sandbox_account",)),
                StepOfProduct(
                    name="sandbox_sign_in",
                    needs=("sandbox_unit", "sandbox_guard_rail", "sandbox_role", "sandbox_budget"),
                    is_brake=True,
                ),
            ),
            ("account_id", "role_arn", "sign_in_url"),
            people_step="sandbox_sign_in",
        ),
        Product(
            ProductName.ANALYTICS,
            (
                StepOfProduct(name="analytics_workgroup"),
                StepOfProduct(name="analytics_database"),
                StepOfProduct(name="analytics_permission", needs=("analytics_database",), is_brake=True),
                StepOfProduct(
                    name="analytics_seats",
                    needs=("analytics_workgroup", "analytics_permission"),
                ),
            ),
            ("workgroup", "database", "region", "sign_in_url"),
            people_step="analytics_seats",
        ),
        Product(
            ProductName.CRM,
            (
                StepOfProduct(name="crm_group", stays=True),
                StepOfProduct(name="crm_users", needs=("crm_group",), is_brake=True),
            ),
            ("group", "group_id", "user_count", "sign_in_url"),
            people_step="crm_users",
        ),
        Product(
            ProductName.IOT,
            (
                StepOfProduct(name="iot_thing_group"),
                StepOfProduct(name="iot_policy"),
                StepOfProduct(name="iot_gateway", needs=("iot_thing_group",)),
                StepOfProduct(
                    name="iot_certificate",
                    needs=("iot_policy", "iot_gateway"),
                    holds=("iot_policy", "iot_gateway"),
                    is_brake=True,
                ),
                StepOfProduct(name="iot_endpoint", stays=True),
            ),
            ("thing_group", "thing_name", "certificate_id", "endpoint", "topic_root"),
            collectable_fact="secret_name",
            key_step="iot_certificate",
        ),
    )
}
