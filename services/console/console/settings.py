"""The settings of the console: the addresses of the services, the sign-in provider, the session keys."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from chassis.identity.access_tokens import Issuer
from chassis.settings import ServingSettings, SettingsReader, serving_settings, settings_from
from chassis.settings.common import DEFAULT_CONTRACTS
from chassis.settings.issuer import read_issuer
from operator_client.access import OPTIONAL, SERVICES, known


class ConsoleSettings(ServingSettings):
    """The settings from the environment."""

    service_urls: Mapping[str, str]
    patience_seconds: float
    contracts_folder: Path
    session_seal: MultiFernet = field(repr=False)
    session_hours: float
    issuer: Issuer
    oidc_client_id: str
    oidc_client_secret: str | None = field(repr=False)
    oidc_scopes: str

    @property
    def services(self) -> tuple[str, ...]:
        """The services of this deployment."""
        return known(self.service_urls)


def read_settings(environ: Mapping[str, str]) -> ConsoleSettings:
    """Raises SettingsRefused naming every wrong variable."""
    with settings_from(environ) as reader:
        return ConsoleSettings(
            **vars(serving_settings(reader, "console")),
            service_urls=_service_urls(reader),
            patience_seconds=reader.decimal("PATIENCE_SECONDS", 3, least=0.1, most=30),
            contracts_folder=reader.folder("CONTRACTS_FOLDER", DEFAULT_CONTRACTS),
            session_seal=reader.parsed("SESSION_KEYS", _seal),
            session_hours=reader.decimal("SESSION_HOURS", 8, least=0.01, most=24),
            issuer=_issuer(reader),
            oidc_client_id=reader.text("OIDC_CLIENT_ID"),
            oidc_client_secret=reader.optional_text("OIDC_CLIENT_SECRET"),
            oidc_scopes=reader.parsed("OIDC_SCOPES", _scopes, "openid profile email"),
        )


def _service_urls(reader: SettingsReader) -> Mapping[str, str]:
    urls = {
        name: reader.url(f"{name.upper()}_URL", "") if name in OPTIONAL else reader.url(f"{name.upper()}_URL")
        for name in SERVICES
    }
    return {name: url for name, url in urls.items() if url}


def _seal(text: str) -> MultiFernet:
    """The first key encrypts, all of them decrypt, so that a key can be replaced."""
    try:
        return MultiFernet([Fernet(key.strip()) for key in text.split(",")])
    except ValueError:
        raise ValueError(
            "must be one or more keys joined by commas, each 32 random bytes in URL-safe base64"
        ) from None


def _issuer(reader: SettingsReader) -> Issuer:
    """The same settings as those of the services."""
    issuer = read_issuer(reader)
    if issuer is None:
        reader.refuse("OIDC_ISSUER", "is needed: nobody could sign in")
        return Issuer(url="", audience="")
    return issuer


def _scopes(text: str) -> str:
    if "openid" not in text.split():
        raise ValueError("must hold openid")
    return text
