"""The settings that every service has; services add their own in their ``settings.py``.

@dataclass(frozen=True, kw_only=True)
class BillingSettings(CommonSettings):
    rates_file: Path

def read_settings(environ: Mapping[str, str]) -> BillingSettings:
    with settings_from(environ) as reader:
        return BillingSettings(
            **common_settings(reader, "billing"), rates_file=reader.file("RATES_FILE", DEFAULT_RATES)
        )
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from chassis.database_timeouts import TIMEOUTS_OF, DatabaseTimeouts
from chassis.messaging.backbone_settings import BackboneSettings, read_backbone_settings
from chassis.settings_reader import SettingsReader, SettingsRefused, settings_from

__all__ = [
    "CommonSettings",
    "SettingsReader",
    "SettingsRefused",
    "common_settings",
    "kafka_version",
    "read_common_settings",
    "settings_from",
]

# Beside the services in this repository; images say where theirs is.
DEFAULT_CONTRACTS = Path(__file__).resolve().parents[3] / "contracts"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, kw_only=True)
class CommonSettings:
    """What the environment says to any service. ``health_port`` 0 means: serve no health there."""

    service_name: str
    database_url: str = field(repr=False)
    database_timeouts: DatabaseTimeouts
    kafka_bootstrap_servers: str
    kafka_api_version: tuple[int, ...] | None
    event_type_prefix: str
    event_source: str
    public_url: str
    event_schemas_url: str
    contracts_folder: Path
    bind: str
    web_workers: int
    web_threads: int
    health_port: int
    log_level: str
    log_format: str
    session_public_key: Ed25519PublicKey = field(repr=False)
    link_public_key: Ed25519PublicKey = field(repr=False)
    ops_token_public_key: Ed25519PublicKey = field(repr=False)
    backbone: BackboneSettings = field(default_factory=BackboneSettings)

    @property
    def schemas_url(self) -> str:
        """Where the schemas of events are published: by this service's own web process unless told else."""
        return self.event_schemas_url or f"{self.public_url}/schemas"

    @property
    def bind_host(self) -> str:
        return self.bind.rpartition(":")[0]


class CommonValues(TypedDict):
    """`CommonSettings` as keyword arguments for the settings class of a service."""

    service_name: str
    database_url: str
    database_timeouts: DatabaseTimeouts
    kafka_bootstrap_servers: str
    kafka_api_version: tuple[int, ...] | None
    event_type_prefix: str
    event_source: str
    public_url: str
    event_schemas_url: str
    contracts_folder: Path
    bind: str
    web_workers: int
    web_threads: int
    health_port: int
    log_level: str
    log_format: str
    session_public_key: Ed25519PublicKey
    link_public_key: Ed25519PublicKey
    ops_token_public_key: Ed25519PublicKey
    backbone: BackboneSettings


def common_settings(reader: SettingsReader, service_name: str) -> CommonValues:
    """Read what all services share; problems are collected by the reader."""
    return {
        "service_name": service_name,
        "database_url": reader.parsed("DATABASE_URL", _database_url),
        "database_timeouts": _database_timeouts(reader),
        "kafka_bootstrap_servers": reader.parsed("KAFKA_BOOTSTRAP_SERVERS", _host_list),
        "kafka_api_version": reader.parsed("KAFKA_API_VERSION", kafka_version, None),
        "event_type_prefix": reader.parsed("EVENT_TYPE_PREFIX", _event_type_prefix, "gangway"),
        "event_source": reader.text("EVENT_SOURCE", f"/gangway/{service_name}"),
        "public_url": reader.url("PUBLIC_URL"),
        "event_schemas_url": reader.url("EVENT_SCHEMAS_URL", ""),
        "contracts_folder": reader.folder("CONTRACTS_FOLDER", DEFAULT_CONTRACTS),
        "bind": reader.parsed("BIND", _host_and_port, "127.0.0.1:8000"),
        "web_workers": reader.number("WEB_WORKERS", 2, least=1, most=64),
        "web_threads": reader.number("WEB_THREADS", 8, least=1, most=256),
        "health_port": reader.number("HEALTH_PORT", 0, most=65_535),
        "log_level": reader.choice("LOG_LEVEL", LOG_LEVELS, "INFO"),
        "log_format": reader.choice("LOG_FORMAT", ("json", "text"), "json"),
        "session_public_key": reader.public_key("SESSION_PUBLIC_KEY"),
        "link_public_key": reader.public_key("LINK_PUBLIC_KEY"),
        "ops_token_public_key": reader.public_key("OPS_TOKEN_PUBLIC_KEY"),
        "backbone": read_backbone_settings(reader),
    }


def read_common_settings(environ: Mapping[str, str], service_name: str) -> CommonSettings:
    """For a service without settings of its own. Raises `SettingsRefused`."""
    with settings_from(environ) as reader:
        return CommonSettings(**common_settings(reader, service_name))


def _database_timeouts(reader: SettingsReader) -> DatabaseTimeouts:
    """Each process has defaults of its own; PROCESS is set by the service's own command line."""
    usual = TIMEOUTS_OF[reader.choice("PROCESS", tuple(TIMEOUTS_OF), "command") or "command"]

    def seconds(name: str, default: float, least: float = 0) -> float:
        return reader.decimal(f"DATABASE_{name}_SECONDS", default, least=least, most=86_400)

    return DatabaseTimeouts(
        statement_seconds=seconds("STATEMENT_TIMEOUT", usual.statement_seconds),
        lock_seconds=seconds("LOCK_TIMEOUT", usual.lock_seconds),
        idle_in_transaction_seconds=seconds("IDLE_TIMEOUT", usual.idle_in_transaction_seconds),
        connect_seconds=reader.number("DATABASE_CONNECT_SECONDS", usual.connect_seconds, least=1, most=600),
        pool_seconds=seconds("POOL_TIMEOUT", usual.pool_seconds, least=0.1),
    )


def _database_url(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("must be a URL such as postgresql://user:password@host/database") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError("must start with postgresql://")
    if not url.database:
        raise ValueError("must name a database")
    return text


def _host_list(text: str) -> str:
    return ",".join(_host_and_port(part.strip()) for part in text.split(","))


def _host_and_port(text: str) -> str:
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isdecimal() or not 0 < int(port) <= 65_535:
        raise ValueError("must look like host:port")
    return text


def kafka_version(text: str) -> tuple[int, ...]:
    """The version of the protocol, such as 2.3. Raises ValueError."""
    if not re.fullmatch(r"\d+(\.\d+){1,2}", text):
        raise ValueError("must look like 2.3")
    return tuple(int(part) for part in text.split("."))


def _event_type_prefix(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*", text):
        raise ValueError("must be lower-case words joined by dots, such as com.example.gangway")
    return text
