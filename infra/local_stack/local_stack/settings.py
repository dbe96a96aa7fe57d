"""The settings of the local stack: where it lives, and which parts are external."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chassis.settings import SettingsReader, kafka_version, settings_from
from local_stack.kafka_cluster.security import MODES, PLAIN
from local_stack.port_plan import EVERY_SERVICE, SERVICES

REPOSITORY = Path(__file__).resolve().parents[3]
DEFAULT_PORT_BASE = 18400
HIGHEST_OFFSET = 40
AWS_ITSELF = "aws"
MOST_HOME_BYTES = 480  # SQLite takes 512, with the names of its files; PostgreSQL takes 1,024


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """An external part is named by its address; None means that the stack runs its own."""

    home: Path
    port_base: int
    with_services: bool
    with_console: bool
    with_integrations: bool
    with_site: bool
    kafka_nodes: int
    kafka_security: str
    postgres_url: str | None = field(repr=False)
    kafka_servers: str | None
    kafka_api_version: tuple[int, ...] | None
    aws_endpoint: str | None
    scim_url: str | None
    scim_token: str | None = field(repr=False)
    smtp_host: str | None
    smtp_port: int
    mail_transport: str
    issuer: str | None

    @property
    def services(self) -> tuple[str, ...]:
        """The services in this stack."""
        return EVERY_SERVICE if self.with_integrations else SERVICES

    @property
    def fronts(self) -> tuple[str, ...]:
        """Everything with pages for people."""
        return (*self.services, "console") if self.with_console else self.services

    @property
    def uses_mail_sink(self) -> bool:
        """Whether mails stay on this machine."""
        return self.mail_transport == "smtp" and self.smtp_host is None

    @property
    def private_paths(self) -> list[Path]:
        """Everything a stack keeps in its home, which may contain other files too."""
        folders = ("run", "logs", "postgres", "kafka", "aws", "scim", "mail", "issuer", "faults")
        files = ("keys.json", "addresses.json", "revoked_tokens", "integrator.json")
        return [self.home / name for name in (*folders, *files)]

    def folder(self, name: str) -> Path:
        """The folder of one part below the stack's home."""
        return self.home / name


def read_stack_settings(environ: Mapping[str, str]) -> StackSettings:
    """Read all settings of the stack. Raises SettingsRefused naming every wrong one."""
    with settings_from(environ) as reader:
        scim_url = reader.url("SCIM_URL", "") or None
        scim_token = reader.optional_text("SCIM_TOKEN")
        if scim_url and not scim_token:
            reader.refuse("SCIM_TOKEN", "is needed beside SCIM_URL")
        return StackSettings(
            home=_home(reader),
            port_base=reader.number("PORT_BASE", DEFAULT_PORT_BASE, least=1024, most=65_535 - HIGHEST_OFFSET),
            with_services=reader.choice("GANGWAY_SERVICES", ("yes", "no"), "yes") == "yes",
            with_console=reader.choice("GANGWAY_CONSOLE", ("yes", "no"), "yes") == "yes",
            with_integrations=reader.choice("GANGWAY_INTEGRATIONS", ("yes", "no"), "yes") == "yes",
            with_site=reader.choice("GANGWAY_SITE", ("yes", "no"), "yes") == "yes",
            kafka_nodes=int(reader.choice("KAFKA_NODES", ("1", "3"), "1") or 1),
            kafka_security=reader.choice("KAFKA_SECURITY", MODES, PLAIN),
            postgres_url=reader.optional_text("POSTGRES_URL"),
            kafka_servers=reader.optional_text("KAFKA_BOOTSTRAP_SERVERS"),
            kafka_api_version=reader.parsed("KAFKA_API_VERSION", kafka_version, None),
            aws_endpoint=reader.optional_text("AWS_ENDPOINT_URL"),
            scim_url=scim_url,
            scim_token=scim_token,
            smtp_host=reader.optional_text("SMTP_HOST"),
            smtp_port=reader.number("SMTP_PORT", 587, least=1, most=65_535),
            mail_transport=reader.choice("MAIL_TRANSPORT", ("smtp", "ses"), "smtp"),
            issuer=reader.optional_text("OIDC_ISSUER"),
        )


def _home(reader: SettingsReader) -> Path:
    """Where all data of the stack lives; a relative path starts at the repository."""
    home = REPOSITORY / reader.text("GANGWAY_HOME", ".local")
    length = len(os.fsencode(home))
    if length > MOST_HOME_BYTES:
        reader.refuse(
            "GANGWAY_HOME",
            f"is too long, set a shorter one: {length} bytes, at most {MOST_HOME_BYTES} are possible",
        )
    return home
