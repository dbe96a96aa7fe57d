"""The products, the steps that make each, and which facts of the steps a partner gets to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ProductName(StrEnum):
    """What a partner can be given."""

    CLOUD_SANDBOX = "cloud_sandbox"
    ANALYTICS = "analytics"
    CRM = "crm"
    IOT = "iot"


@dataclass(frozen=True)
class Product:
    """How one product is made.

    ``steps`` run in this order and are undone in reverse. ``identifiers`` are the outputs that
    `access.granted` tells. ``collectable_fact`` is the output whose presence means that a key waits
    to be collected once; ``key_step`` makes that key, and another one in its place. ``people_step`` makes
    what each of the partner's people has of the product.
    """

    name: ProductName
    steps: tuple[str, ...]
    identifiers: tuple[str, ...]
    collectable_fact: str | None = None
    key_step: str | None = None
    people_step: str | None = None

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
                "sandbox_account",
                "sandbox_unit",
                "sandbox_guard_rail",
                "sandbox_role",
                "sandbox_budget",
                "sandbox_sign_in",
            ),
            ("account_id", "role_arn", "sign_in_url"),
            people_step="sandbox_sign_in",
        ),
        Product(
            ProductName.ANALYTICS,
            ("analytics_workgroup", "analytics_database", "analytics_permission", "analytics_seats"),
            ("workgroup", "database", "region"),
            people_step="analytics_seats",
        ),
        Product(
            ProductName.CRM,
            ("crm_group", "crm_users"),
            ("group", "group_id", "user_count"),
            people_step="crm_users",
        ),
        Product(
            ProductName.IOT,
            ("iot_thing_group", "iot_policy", "iot_gateway", "iot_certificate", "iot_endpoint"),
            ("thing_group", "thing_name", "certificate_id", "endpoint", "topic_root"),
            collectable_fact="secret_name",
            key_step="iot_certificate",
        ),
    )
}
