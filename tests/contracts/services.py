"""The three services as their bootstraps build them; nothing is connected."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from marshmallow import Schema
from tests.unit.provisioning.fake_outside import FakeKeyVault, FakeOutside, fake_steps

from chassis.identity.signing_keys import new_key_pair
from chassis.messaging.subscriptions import Subscriptions
from chassis.service import Service

SERVICES = ("notifications", "onboarding", "provisioning")


@cache
def service(name: str) -> Service:
    """Built from settings that name no living thing."""
    build = import_module(f"{name}.bootstrap").build_service
    built = build(_environ(name), **_outside(name))
    assert isinstance(built, Service)
    return built


def _environ(name: str) -> dict[str, str]:
    session, link, ops = new_key_pair(), new_key_pair(), new_key_pair()
    return {
        "DATABASE_URL": f"postgresql://nobody@127.0.0.1:9/{name}",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": "http://127.0.0.1:9",
        "ONBOARDING_PUBLIC_URL": "http://127.0.0.1:9",
        "PROVISIONING_PUBLIC_URL": "http://127.0.0.1:9",
        "SESSION_PRIVATE_KEY": session[0],
        "SESSION_PUBLIC_KEY": session[1],
        "LINK_PRIVATE_KEY": link[0],
        "LINK_PUBLIC_KEY": link[1],
        "OPS_TOKEN_PUBLIC_KEY": ops[1],
        "SCIM_URL": "http://127.0.0.1:9",
        "SCIM_TOKEN": "none",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "MAIL_FROM": "Gangway <partners@gangway.example>",
        "SMTP_HOST": "127.0.0.1",
    }


def _outside(name: str) -> dict[str, Any]:
    """Clients of AWS take seconds to make and are not needed here."""
    if name != "provisioning":
        return {}
    return {"steps": fake_steps(FakeOutside()), "key_vault": FakeKeyVault()}


def subscriptions(name: str) -> Subscriptions[Any]:
    """What the service reads."""
    return service(name).subscriptions


def produced(name: str) -> Mapping[str, Schema]:
    """What the service sends, by ``name.vN``."""
    schemas: Mapping[str, Schema] = import_module(f"{name}.adapters.event_schemas").PRODUCED
    return schemas
