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
from typing import TypedDict

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from chassis.messaging.backbone_settings import BackboneSettings, read_backbone_settings
from chassis.messaging.kafka_address import KafkaAddress
from chassis.messaging.kafka_settings import host_and_port, kafka_version, read_kafka_address
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

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, kw_only=True)
class CommonSettings:
    """What the environment says to any service. ``health_port`` 0 means: serve no health there."""

    service_name: str
    database_url: str = field(repr=False)
    kafka: KafkaAddress
    event_type_prefix: str
    event_source: str
    public_url: str
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
    def bind_host(self) -> str:
        return self.bind.rpartition(":")[0]


class CommonValues(TypedDict):
    """`CommonSettings` as keyword arguments for the settings class of a service."""

    service_name: str
    database_url: str
    kafka: KafkaAddress
    event_type_prefix: str
    event_source: str
    public_url: str
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
        "kafka": read_kafka_address(reader),
        "event_type_prefix": reader.parsed("EVENT_TYPE_PREFIX", _event_type_prefix, "gangway"),
        "event_source": reader.text("EVENT_SOURCE", f"/gangway/{service_name}"),
        "public_url": reader.url("PUBLIC_URL"),
        "bind": reader.parsed("BIND", host_and_port, "127.0.0.1:8000"),
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


def _event_type_prefix(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*", text):
        raise ValueError("must be lower-case words joined by dots, such as com.example.gangway")
    return text
