"""Settings of Kafka's clients; part of `CommonSettings` as ``kafka``.

KAFKA_BOOTSTRAP_SERVERS           host:port,…
KAFKA_API_VERSION                 only for brokers that cannot be asked
KAFKA_SECURITY_PROTOCOL           PLAINTEXT (default), SSL, SASL_PLAINTEXT, SASL_SSL
KAFKA_SASL_MECHANISM              SCRAM-SHA-512, SCRAM-SHA-256, PLAIN, OAUTHBEARER
KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD             for SCRAM and PLAIN
KAFKA_SASL_TOKEN_PROVIDER         for OAUTHBEARER: aws-msk-iam, oauth-client-credentials, or module:function
KAFKA_SSL_CAFILE                  authorities to trust, PEM; those of the machine unless given
KAFKA_SSL_CERTFILE, KAFKA_SSL_KEYFILE, KAFKA_SSL_KEY_PASSWORD      our own certificate
"""

import ipaddress
import re
from pathlib import Path
from typing import Any

from chassis.settings.kafka_address import (
    SASL_PROTOCOLS,
    TLS_PROTOCOLS,
    KafkaAddress,
    KafkaSecurity,
    TlsFiles,
)
from chassis.settings.reader import SettingsReader

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
SCRAM = ("SCRAM-SHA-512", "SCRAM-SHA-256")
MECHANISMS = (*SCRAM, "PLAIN", "OAUTHBEARER")


def read_kafka_address(reader: SettingsReader) -> KafkaAddress:
    """Read where the cluster is and how to talk to it; problems are collected by the reader."""
    protocol = reader.choice("KAFKA_SECURITY_PROTOCOL", PROTOCOLS, "PLAINTEXT")
    sasl = _read_sasl(reader, protocol)
    return KafkaAddress(
        bootstrap_servers=reader.parsed("KAFKA_BOOTSTRAP_SERVERS", host_list),
        api_version=reader.parsed("KAFKA_API_VERSION", kafka_version, None),
        security=KafkaSecurity(protocol=protocol, tls=_read_tls(reader, protocol), **sasl),
    )


def kafka_version(text: str) -> tuple[int, ...]:
    """The version of the protocol, such as 2.3. Raises ValueError."""
    if not re.fullmatch(r"\d+(\.\d+){1,2}", text):
        raise ValueError("must look like 2.3")
    return tuple(int(part) for part in text.split("."))


def host_and_port(text: str) -> str:
    """``host:port``. Raises ValueError."""
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isdecimal() or not 0 < int(port) <= 65_535:
        raise ValueError("must look like host:port")
    return text


def host_list(text: str) -> str:
    """``host:port,…``. Raises ValueError."""
    return ",".join(host_and_port(part.strip()) for part in text.split(","))


def _read_sasl(reader: SettingsReader, protocol: str) -> dict[str, Any]:
    values = {
        "KAFKA_SASL_MECHANISM": reader.choice("KAFKA_SASL_MECHANISM", MECHANISMS, "") or None,
        "KAFKA_SASL_USERNAME": reader.optional_text("KAFKA_SASL_USERNAME"),
        "KAFKA_SASL_PASSWORD": reader.optional_text("KAFKA_SASL_PASSWORD"),
        "KAFKA_SASL_TOKEN_PROVIDER": reader.optional_text("KAFKA_SASL_TOKEN_PROVIDER"),
    }
    if protocol not in SASL_PROTOCOLS:
        _refuse_given(reader, values, f"has no meaning with KAFKA_SECURITY_PROTOCOL={protocol}")
        return {}
    mechanism, username, password, provider = values.values()
    credentials = {name: values[name] for name in ("KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD")}
    token = {"KAFKA_SASL_TOKEN_PROVIDER": provider}
    if mechanism is None:
        if not reader.is_given("KAFKA_SASL_MECHANISM"):
            reader.refuse("KAFKA_SASL_MECHANISM", f"is needed with KAFKA_SECURITY_PROTOCOL={protocol}")
        return {}
    needed, foreign = (token, credentials) if mechanism == "OAUTHBEARER" else (credentials, token)
    _refuse_given(reader, foreign, f"has no meaning with KAFKA_SASL_MECHANISM={mechanism}")
    for name, value in needed.items():
        if value is None:
            reader.refuse(name, f"is needed with KAFKA_SASL_MECHANISM={mechanism}")
    if mechanism in SCRAM and username is not None and set(username) & set(",="):
        reader.refuse("KAFKA_SASL_USERNAME", "must hold neither , nor = with SCRAM")
    servers = reader.optional_text("KAFKA_BOOTSTRAP_SERVERS") or ""
    if protocol == "SASL_PLAINTEXT" and mechanism not in SCRAM and not are_on_this_machine(servers):
        reader.refuse(
            "KAFKA_SECURITY_PROTOCOL",
            f"SASL_PLAINTEXT sends the secret of {mechanism} in the clear to another machine: use SASL_SSL",
        )
    return {
        "mechanism": mechanism,
        "username": username,
        "password": password,
        "token_provider": _token_provider(reader, provider) if mechanism == "OAUTHBEARER" else None,
    }


def _token_provider(reader: SettingsReader, name: str | None) -> Any:
    if name is None:
        return None
    from chassis.settings.kafka_tokens import token_provider  # noqa: PLC0415 - loads what few need

    try:
        return token_provider(name, reader)
    except (ValueError, ImportError, AttributeError) as error:
        reader.refuse("KAFKA_SASL_TOKEN_PROVIDER", str(error))
        return None


def _read_tls(reader: SettingsReader, protocol: str) -> TlsFiles:
    files = {
        name: reader.parsed(name, Path, None)
        for name in ("KAFKA_SSL_CAFILE", "KAFKA_SSL_CERTFILE", "KAFKA_SSL_KEYFILE")
    }
    password = reader.optional_text("KAFKA_SSL_KEY_PASSWORD")
    if protocol not in TLS_PROTOCOLS:
        given = {**files, "KAFKA_SSL_KEY_PASSWORD": password}
        _refuse_given(reader, given, f"has no meaning with KAFKA_SECURITY_PROTOCOL={protocol}")
        return TlsFiles()
    authorities, certificate, key = files.values()
    if (certificate is None) != (key is None):
        missing, there = ("KAFKA_SSL_KEYFILE", "KAFKA_SSL_CERTFILE")[:: 1 if key is None else -1]
        reader.refuse(missing, f"is needed beside {there}")
        return TlsFiles()
    if password is not None and key is None:
        reader.refuse("KAFKA_SSL_KEY_PASSWORD", "has no meaning without KAFKA_SSL_KEYFILE")
    found = TlsFiles(authorities=authorities, certificate=certificate, key=key, key_password=password)
    try:
        found.context()
    except ValueError as error:
        reader.refuse(*error.args)
    return found


def _refuse_given(reader: SettingsReader, values: dict[str, Any], message: str) -> None:
    for name, value in values.items():
        if value is not None:
            reader.refuse(name, message)


def are_on_this_machine(servers: str) -> bool:
    """Whether all of ``host:port,…`` are, so that nothing crosses a network."""
    hosts = [part.strip().rpartition(":")[0].strip("[]") for part in servers.split(",")]
    try:
        return all(host == "localhost" or ipaddress.ip_address(host).is_loopback for host in hosts)
    except ValueError:
        return False
