"""The settings of the console: where the services are, who signs people in, what seals their sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, MultiFernet

from chassis.settings import ServingSettings, SettingsReader, serving_settings, settings_from
from operator_client.access import SERVICES

LOOPBACK = ("http://127.0.0.1", "http://localhost", "http://[::1]")


@dataclass(frozen=True, kw_only=True)
class ConsoleSettings(ServingSettings):
    """What the environment says to the console."""

    service_urls: Mapping[str, str]
    patience_seconds: float
    session_seal: MultiFernet = field(repr=False)
    session_hours: float
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str | None = field(repr=False)
    oidc_scopes: str
    oidc_roles_claim: str
    oidc_name_claim: str


def read_settings(environ: Mapping[str, str]) -> ConsoleSettings:
    """Raises SettingsRefused naming every wrong variable."""
    with settings_from(environ) as reader:
        return ConsoleSettings(
            **vars(serving_settings(reader, "console")),
            service_urls={service: reader.url(f"{service.upper()}_URL") for service in SERVICES},
            patience_seconds=reader.decimal("PATIENCE_SECONDS", 3, least=0.1, most=30),
            session_seal=reader.parsed("SESSION_KEYS", _seal),
            session_hours=reader.decimal("SESSION_HOURS", 8, least=0.01, most=24),
            oidc_issuer=_issuer(reader),
            oidc_client_id=reader.text("OIDC_CLIENT_ID"),
            oidc_client_secret=reader.optional_text("OIDC_CLIENT_SECRET"),
            oidc_scopes=reader.parsed("OIDC_SCOPES", _scopes, "openid profile email"),
            oidc_roles_claim=reader.text("OIDC_ROLES_CLAIM", "roles"),
            oidc_name_claim=reader.text("OIDC_NAME_CLAIM", "sub"),
        )


def _seal(text: str) -> MultiFernet:
    """The first key seals, all of them open, so that a key can be replaced."""
    try:
        return MultiFernet([Fernet(key.strip()) for key in text.split(",")])
    except ValueError:
        how = "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
        raise ValueError(f"must be one or more keys, joined by commas, each made by: {how}") from None


def _issuer(reader: SettingsReader) -> str:
    issuer = reader.url("OIDC_ISSUER")
    if issuer and not issuer.startswith(("https://", *LOOPBACK)):
        reader.refuse("OIDC_ISSUER", "must be https, but on this machine")
    return issuer


def _scopes(text: str) -> str:
    if "openid" not in text.split():
        raise ValueError("must hold openid")
    return text
