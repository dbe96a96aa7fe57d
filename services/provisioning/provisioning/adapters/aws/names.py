"""Names of outside resources, made from the order alone, so that they are found after any crash."""

from typing import Any
from uuid import UUID

from provisioning.domain.orders import GrantOrder

OWNER = "gangway"
DEVICES = "-devices"
GRANT_TAG = f"{OWNER}:grant"
POOL_TAG = f"{OWNER}:pool"


def of_partner(order: GrantOrder) -> str:
    """At most 41 characters of ``[a-z0-9-]``; each of several grants of one product has its own."""
    return f"{OWNER}-{order.slug}"


def of_devices(order: GrantOrder) -> str:
    """The policy of all devices but the first."""
    return f"{of_partner(order)}{DEVICES}"


def of_thing(order: GrantOrder) -> str:
    """The device the order is about: a grant's gateway, or a further device by its key."""
    which = "gateway-1" if order.device is None else f"device-{order.device}"
    return f"{of_partner(order)}-{which}"


def of_account(account_key: UUID) -> str:
    """Without a partner's name: everybody who ever has the account reads it."""
    return f"{OWNER}-{account_key.hex[-12:]}"


def of_budget(order: GrantOrder) -> str:
    """At most 46 characters (AWS: 100). Only the management account reads it."""
    return f"{order.slug}-{order.grant_id.hex[-12:]}"


def of_database(order: GrantOrder) -> str:
    """Athena requires a name without dashes."""
    return of_partner(order).replace("-", "_")


def tags(order: GrantOrder) -> dict[str, str]:
    return {f"{OWNER}:partner": str(order.partner_id), GRANT_TAG: str(order.grant_id)}


def tag_list(order: GrantOrder) -> Any:
    """The same, in the form most services want."""
    return [{"Key": key, "Value": value} for key, value in tags(order).items()]
