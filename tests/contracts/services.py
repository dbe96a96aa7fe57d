"""The services as their bootstraps build them; nothing is connected."""

from functools import cache
from importlib import import_module
from typing import Any

from cryptography.fernet import Fernet
from tests.unit.provisioning.fake_outside import FakeKeyVault, FakeOutside, fake_steps

from chassis.events import Event
from chassis.identity.signing_keys import new_key_pair
from chassis.messaging.subscriptions import Subscriptions
from chassis.service import Service

SERVICES = ("integrations", "notifications", "onboarding", "provisioning")


@cache
def service(name: str) -> Service:
    """Built from settings that name no living thing."""
    build = import_module(f"{name}.bootstrap").build_service
    built = build(environ(name), **outside(name))
    assert isinstance(built, Service)
    return built


def environ(name: str) -> dict[str, str]:
    session, link, ops = new_key_pair(), new_key_pair(), new_key_pair()
    return {
        "DATABASE_URL": f"postgresql://nobody@127.0.0.1:9/{name}",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": "http://127.0.0.1:9",
        "ONBOARDING_PUBLIC_URL": "http://127.0.0.1:9",
        "INTEGRATIONS_PUBLIC_URL": "http://127.0.0.1:9",
        "PROVISIONING_PUBLIC_URL": "http://127.0.0.1:9",
        "SESSION_PRIVATE_KEY": session[0],
        "SESSION_PUBLIC_KEY": session[1],
        "PARTNER_SESSION_PUBLIC_KEY": new_key_pair()[1],
        "LINK_PRIVATE_KEY": link[0],
        "LINK_PUBLIC_KEY": link[1],
        "OPS_TOKEN_PUBLIC_KEY": ops[1],
        "SCIM_URL": "http://127.0.0.1:9",
        "SCIM_TOKEN": "none",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "MAIL_FROM": "Gangway <partners@gangway.example>",
        "SMTP_HOST": "127.0.0.1",
        "WEBHOOK_SECRET_KEYS": Fernet.generate_key().decode(),
    }


def outside(name: str) -> dict[str, Any]:
    """Clients of AWS take seconds to make and are not needed here."""
    if name != "provisioning":
        return {}
    return {"steps": fake_steps(FakeOutside()), "key_vault": FakeKeyVault()}


def subscriptions(name: str) -> Subscriptions[Any]:
    """What the service reads."""
    return service(name).subscriptions


def sent(name: str) -> dict[str, type[Event]]:
    """The classes of what the service sends, by ``name.vN``."""
    module = import_module(f"{name}.domain.events")
    kinds = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Event) and hasattr(kind, "name")
    ]
    found = {f"{kind.name}.v{kind.version}": kind for kind in kinds}
    assert len(found) == len(kinds), "two classes have one name"
    return found
