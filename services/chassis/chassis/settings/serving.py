"""The settings of whatever answers HTTP, with or without a database and Kafka behind it."""

import re
import ssl
from urllib.parse import urlsplit

from chassis.frozen import Frozen
from chassis.settings.kafka import host_and_port
from chassis.settings.reader import SettingsReader
from chassis.settings.site_links import SiteLink, read_site_links

# Where the service lives on an address that it shares; no segment that a gateway would write differently.
_PREFIX = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class ServingSettings(Frozen):
    """Where a web process listens, and how it logs. ``health_port`` 0 means: serve no health there."""

    service_name: str
    public_url: str
    bind: str
    web_workers: int
    web_threads: int
    health_port: int
    log_level: str
    log_format: str
    site_links: tuple[SiteLink, ...] = ()

    @property
    def bind_host(self) -> str:
        return self.bind.rpartition(":")[0]


def serving_settings(reader: SettingsReader, service_name: str) -> ServingSettings:
    """Read them; problems are collected by the reader."""
    # Each TLS client reads it by itself, later, and then does not tell where the path came from.
    reader.parsed("SSL_CERT_FILE", _authorities, "")
    public_url = reader.url("PUBLIC_URL")
    if public_url and not _PREFIX.fullmatch(urlsplit(public_url).path):
        reader.refuse("PUBLIC_URL", "must have a path of letters, digits, dots and dashes, or none")
    if public_url and not public_url.isascii():
        reader.refuse("PUBLIC_URL", "must name its host as browsers send it, in ASCII (xn--…)")
    return ServingSettings(
        service_name=service_name,
        public_url=public_url,
        bind=reader.parsed("BIND", _listening, "127.0.0.1:8000"),
        web_workers=reader.number("WEB_WORKERS", 2, least=1, most=64),
        web_threads=reader.number("WEB_THREADS", 8, least=1, most=256),
        health_port=reader.number("HEALTH_PORT", 0, most=65_535),
        log_level=reader.choice("LOG_LEVEL", LOG_LEVELS, "INFO"),
        log_format=reader.choice("LOG_FORMAT", ("json", "text"), "json"),
        site_links=reader.parsed("SITE_LINKS_FILE", read_site_links, ()),
    )


def _listening(text: str) -> str:
    """``host:port`` to listen on, which is no URL. Raises ValueError."""
    if set(text) & set("/\\@ "):
        raise ValueError("must look like host:port")
    return host_and_port(text)


def _authorities(text: str) -> str:
    """The certificates that OpenSSL trusts here, as a path. Raises ValueError."""
    try:
        ssl.create_default_context(cafile=text)
    except OSError as error:
        reason = "no PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise ValueError(f"no certificates can be read from {text}: {reason}") from None
    return text
